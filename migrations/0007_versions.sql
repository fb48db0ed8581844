-- Named and automatic versions, and a journal that stays small (ARCHITECTURE.md, D1 and D6).

-- Old rows are packed: neighbours become one row, under the sequence of the last of them. Its
-- `update` does what they did together, so whoever reads the journal need not know; `moments` says
-- whose each part of it was and when, so that every single row can be had back. No `moments`: a row
-- as it was written.
alter table journal
  add column first_seq bigint,
  add column moments bytea,
  -- When the latest of the rows was written; the last need not be, where a clock was set back.
  add column latest_at timestamptz,
  -- SHA-256 over the rows as they were.
  add column digest bytea,
  -- What `history` shows of them.
  add column stretches jsonb,
  add check ((moments is null) = (first_seq is null) and (moments is null) = (digest is null));
-- Packs are worth compressing; what a person types is too short for Postgres to try.
alter table journal alter column update set storage extended;

-- A version is a place in the journal, so it takes no room, and is as lasting as the text.
create table versions (
  id uuid primary key,
  piece_id uuid not null references pieces (id),
  -- The last journal row that it holds.
  seq bigint not null,
  kind text not null check (kind in ('named', 'restore', 'wipe', 'status', 'quiet')),
  -- Of named ones.
  name text,
  note text,
  -- Who made it, or did what it was made before or at; null: the server.
  created_by uuid references users (id),
  created_at timestamptz not null default now(),
  -- What was set at a change of status.
  status text,
  check ((kind = 'named') = (name is not null))
);
create index versions_of_piece on versions (piece_id, created_at desc, id desc);
