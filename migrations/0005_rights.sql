-- Who wrote with which clientID, and the edits that were refused (ARCHITECTURE.md, P2 and R4).

-- A Yjs clientID belongs to the first user who wrote with it in a piece. Rows come in the same
-- transaction as the journal row that they are first used in. No user: the server's own.
create table client_ids (
  piece_id uuid not null,
  client_id bigint not null,
  user_id uuid,
  primary key (piece_id, client_id)
);

-- What somebody wrote who may not. One row for each author and clientID (0: deletions only), which
-- grows while they go on: a keystroke each would be thousands.
create table refused_edits (
  id uuid primary key,
  piece_id uuid not null references pieces (id),
  author uuid not null references users (id) on delete cascade,
  client_id bigint not null,
  reason text not null check (reason in ('may_not_edit', 'right_withdrawn', 'not_your_client_id')),
  -- When the latest of it came.
  at timestamptz not null,
  update bytea not null,
  -- What it would have added to the text, and removed from it, when it came.
  added text not null,
  removed text not null,
  -- Set when an owner has deleted it. It is kept so that a client which still holds the words, and
  -- sends them each time it connects, does not bring it back.
  dismissed_at timestamptz,
  unique (piece_id, author, client_id, reason)
);
create index refused_edits_list on refused_edits (piece_id, at desc, id desc)
  where dismissed_at is null;

-- People who could write in a piece before their role on it was changed. What one who is no member
-- any more wrote offline, before they heard of it, is kept as a refused edit when they come back.
create table former_writers (
  piece_id uuid not null references pieces (id),
  user_id uuid not null references users (id) on delete cascade,
  since timestamptz not null default now(),
  primary key (piece_id, user_id)
);
