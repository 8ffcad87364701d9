/** Creates the tables and puts some products on the shelves; what is there already stays as it is. */
export const SCHEMA = `
  -- Two instances that start at the same time take turns.
  select pg_advisory_xact_lock(hashtext('sample_shop'));

  create schema if not exists sample_shop;

  create table if not exists sample_shop.products (
    id          text primary key,
    name        text not null,
    category    text not null,
    price_cents integer not null,
    stock       integer not null check (stock >= 0)
  );

  create table if not exists sample_shop.orders (
    id          uuid primary key default gen_random_uuid(),
    product_id  text not null references sample_shop.products,
    quantity    integer not null,
    total_cents integer not null,
    placed_at   timestamptz not null default now()
  );

  insert into sample_shop.products (id, name, category, price_cents, stock) values
    ('mug',      'Coffee mug',        'kitchen',  1250, 500),
    ('teapot',   'Cast-iron teapot',  'kitchen',  5900,  40),
    ('notebook', 'Dotted notebook',   'office',    990, 800),
    ('lamp',     'Desk lamp',         'office',   7400,  25),
    ('tent',     'Two-person tent',   'outdoor', 18900,   3)
  on conflict (id) do nothing;
`;
