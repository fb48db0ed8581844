-- Comments and suggestions on passages (ARCHITECTURE.md, S2), and what happened to a piece.

create table threads (
  id uuid primary key,
  piece_id uuid not null references pieces (id),
  kind text not null check (kind in ('comment', 'suggestion')),
  status text not null default 'open' check (status in ('open', 'resolved', 'accepted', 'rejected')),
  created_by uuid not null references users (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- What the passage read when the thread was made.
  original text not null,
  -- What a suggestion would have there instead.
  replacement text,
  -- The passage now: Yjs relative positions, what it reads, what it is sought by when it is gone, and
  -- what stands around it.
  start_position bytea not null,
  end_position bytea not null,
  quote text not null,
  sought text not null,
  prefix text not null,
  suffix text not null,
  orphaned boolean not null default false,
  -- A Yjs state vector: how far the document had come when the passage was last seen whole. Null
  -- while it is.
  seen bytea,
  -- Counts the changes of the anchor, so that an old look at the text does not undo a newer one.
  anchor_version integer not null default 0,
  -- Who resolved, accepted or rejected it.
  decided_by uuid references users (id),
  decided_at timestamptz,
  -- The clientID that an accepted replacement is written with. Set before the text is edited, and
  -- bound to the proposer by the commit that holds the edit: `client_ids` tells whether it was made.
  credit_client bigint,
  check ((replacement is not null) = (kind = 'suggestion'))
);
create index threads_of_piece on threads (piece_id, created_at, id);

create table comments (
  id uuid primary key,
  piece_id uuid not null,
  thread_id uuid not null references threads (id),
  author uuid not null references users (id),
  -- Blank once it is deleted.
  body text not null,
  mentions uuid[] not null default '{}',
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz
);
create index comments_of_thread on comments (thread_id, created_at, id);

-- Up to when a person has read a thread.
create table thread_reads (
  piece_id uuid not null,
  thread_id uuid not null references threads (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  read_at timestamptz not null,
  primary key (thread_id, user_id)
);

-- The audit trail: who did what to a piece, and when. No actor: the server itself.
create table piece_events (
  piece_id uuid not null references pieces (id),
  id uuid not null,
  at timestamptz not null default now(),
  actor uuid references users (id),
  kind text not null,
  data jsonb not null default '{}',
  primary key (piece_id, id)
);
create index piece_events_by_time on piece_events (piece_id, at desc, id desc);
