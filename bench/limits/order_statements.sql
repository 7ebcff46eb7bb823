-- An order statement by statement, as an application sends it.
\set a random(1, 24990)
\set b random(25001, 49990)
\set c random(50001, 74990)
\set d random(75001, 99990)
\set customer random(1, 100000)
begin;
select variant_id, on_hand - reserved from stock where variant_id in (:a, :b, :c, :d) order by variant_id for update;
update stock set reserved = reserved + 1 where variant_id in (:a, :b, :c, :d) and on_hand - reserved >= 1;
insert into parent_order(customer_id, total, status) values (:customer, 100, 'placed') returning id as parent \gset
insert into shop_order(parent_id, shop_id, total, status) values (:parent, 1 + :a % 50, 50, 'placed') returning id as first \gset
insert into shop_order(parent_id, shop_id, total, status) values (:parent, 51 + :c % 50, 50, 'placed') returning id as second \gset
insert into order_line(shop_order_id, variant_id, qty, unit_price, title) values (:first, :a, 1, 25, 'Some product title') returning id as l1 \gset
insert into order_line(shop_order_id, variant_id, qty, unit_price, title) values (:first, :b, 1, 25, 'Some product title') returning id as l2 \gset
insert into order_line(shop_order_id, variant_id, qty, unit_price, title) values (:second, :c, 1, 25, 'Some product title') returning id as l3 \gset
insert into order_line(shop_order_id, variant_id, qty, unit_price, title) values (:second, :d, 1, 25, 'Some product title') returning id as l4 \gset
insert into reservation(order_line_id, variant_id, qty, expires_at) values (:l1, :a, 1, now()), (:l2, :b, 1, now()), (:l3, :c, 1, now()), (:l4, :d, 1, now());
insert into payment(parent_id, amount, provider_ref, status) values (:parent, 100, 'some-reference', 'authorized');
end;
