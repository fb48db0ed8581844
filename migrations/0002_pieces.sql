-- Pieces, who may do what on them, and the journal that is the truth about their text (D1).

create table pieces (
  id uuid primary key,
  -- title, standfirst and words are read off the document for lists and search; the document rules.
  title text not null default '',
  standfirst text not null default '',
  words integer not null default 0,
  status text not null default 'draft' check (status in ('draft', 'review', 'published')),
  created_by uuid references users (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);

create table members (
  piece_id uuid not null references pieces (id),
  user_id uuid not null references users (id) on delete cascade,
  role text not null check (role in ('owner', 'writer', 'reviewer', 'reader')),
  created_at timestamptz not null default now(),
  primary key (piece_id, user_id)
);
create index members_user on members (user_id);

-- The last sequence number given for each piece. Every append locks this row in its own
-- transaction, so sequence order is commit order and there are no gaps (C1). It is apart from
-- `pieces`, and half empty, because it is updated at every commit: such an update then stays in
-- its page and touches no index.
create table journal_heads (
  piece_id uuid primary key references pieces (id),
  seq bigint not null default 0
) with (fillfactor = 50);

-- Append-only. `update` is a Yjs update (v1), `author` the user who made it (none: the server).
create table journal (
  piece_id uuid not null,
  seq bigint not null,
  author uuid,
  at timestamptz not null,
  update bytea not null,
  primary key (piece_id, seq)
);
-- Updates are small and dense; trying to compress each costs more than it saves.
alter table journal alter column update set storage external;

-- The state of a piece after journal row `seq`: a shortcut for opening, never the truth (D6).
create table snapshots (
  piece_id uuid not null references pieces (id),
  seq bigint not null,
  state bytea not null,
  at timestamptz not null default now(),
  primary key (piece_id, seq)
);
