-- How people sign in with a browser (ARCHITECTURE.md, P3): invite links, passwords, sessions, and
-- the accounts that another sign-in service (OpenID Connect) knows them by.

-- An argon2id hash with its salt and costs (PHC string); null: no password yet.
alter table users add column password_hash text;

-- At most one link a person: a new one voids the old. As with tokens, a SHA-256 is kept of 256
-- random bits.
create table invites (
  user_id uuid primary key references users (id) on delete cascade,
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  -- Moves on while the session is used.
  expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);

-- A person has one account with an issuer: an address that was given to somebody else there must
-- not open the first one's door.
create table oidc_accounts (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject),
  unique (issuer, user_id)
);
