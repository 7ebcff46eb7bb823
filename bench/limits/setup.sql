-- What an order of four lines over two shops needs at the least, without keys beyond the necessary: 1 parent order, 2 orders
-- of shops, 4 lines, 4 reservations and 1 payment are inserted (12 rows), 4 rows of stock are locked and changed.
create table stock(variant_id bigint primary key, on_hand int not null, reserved int not null default 0, check (reserved <= on_hand)) with (fillfactor = 70);
insert into stock select n, 1000000 from generate_series(1, 100000) n;
create table parent_order(id bigserial primary key, customer_id bigint not null, total numeric(12,2) not null, status text not null, created_at timestamptz not null default now());
create table shop_order(id bigserial primary key, parent_id bigint not null references parent_order, shop_id bigint not null, total numeric(12,2) not null, status text not null, created_at timestamptz not null default now());
create index on shop_order(shop_id, created_at desc);
create table order_line(id bigserial primary key, shop_order_id bigint not null references shop_order, variant_id bigint not null, qty int not null, unit_price numeric(12,2) not null, title text not null);
create index on order_line(shop_order_id);
create table reservation(id bigserial primary key, order_line_id bigint not null references order_line, variant_id bigint not null, qty int not null, expires_at timestamptz);
create table payment(id bigserial primary key, parent_id bigint not null references parent_order, amount numeric(12,2) not null, provider_ref text, status text);
vacuum analyze;
