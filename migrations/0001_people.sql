-- People and the tokens their programs sign in with (ARCHITECTURE.md, P3).

create table users (
  id uuid primary key,
  email text not null,
  name text not null,
  role text not null default 'member' check (role in ('member', 'admin')),
  created_at timestamptz not null default now()
);
create unique index users_email on users (lower(email));

-- Only a SHA-256 of the token is kept: it has 256 bits of its own, so nothing slower is needed.
create table api_tokens (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  name text not null,
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz
);
create index api_tokens_user on api_tokens (user_id);
