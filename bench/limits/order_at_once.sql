-- The same rows, all inserts in one statement.
\set a random(1, 24990)
\set b random(25001, 49990)
\set c random(50001, 74990)
\set d random(75001, 99990)
\set customer random(1, 100000)
begin;
select variant_id, on_hand - reserved from stock where variant_id in (:a, :b, :c, :d) order by variant_id for update;
update stock set reserved = reserved + 1 where variant_id in (:a, :b, :c, :d) and on_hand - reserved >= 1;
with parent as (insert into parent_order(customer_id, total, status) values (:customer, 100, 'placed') returning id),
  orders as (
    insert into shop_order(parent_id, shop_id, total, status)
    select parent.id, shops.shop, 50, 'placed' from parent, (values (1 + :a::bigint % 50), (51 + :c::bigint % 50)) shops(shop) returning id),
  numbered as (select id, row_number() over (order by id) as n from orders),
  lines as (
    insert into order_line(shop_order_id, variant_id, qty, unit_price, title)
    select numbered.id, goods.variant, 1, 25, 'Some product title'
    from numbered join (values (1, :a::bigint), (1, :b::bigint), (2, :c::bigint), (2, :d::bigint)) goods(n, variant) using (n) returning id, variant_id),
  held as (insert into reservation(order_line_id, variant_id, qty, expires_at) select id, variant_id, 1, now() + interval '15 min' from lines)
insert into payment(parent_id, amount, provider_ref, status) select id, 100, 'some-reference', 'authorized' from parent;
end;
