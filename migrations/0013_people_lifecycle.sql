-- People come and go (ARCHITECTURE.md, P5), and what a token may do and did last (P6).

alter table users
  -- Set: they sign in by nothing, until an admin enables them again.
  add column disabled_at timestamptz,
  -- Set: name and address are gone for good. The row stays, for the words that are theirs.
  add column erased_at timestamptz,
  alter column email drop not null,
  add check ((email is null) = (erased_at is not null)),
  add check (erased_at is null or disabled_at is not null);

-- Addresses are kept in one Unicode form. One that would be another's then stays as it is.
update users u set email = normalize(email)
where email is not normalized
  and not exists (select from users o where o.id <> u.id and lower(o.email) = lower(normalize(u.email)));

alter table api_tokens
  add column read_only boolean not null default false,
  -- The last call that it signed in, such as `GET /api/pieces/:id`, and from which address.
  add column last_used_for text,
  add column last_used_from text;

-- The audit trail of people: who did what to whose account, and when. No actor: the server itself.
-- Names and addresses are never in `data`: they could not be erased there.
create table people_events (
  id uuid primary key,
  at timestamptz not null default now(),
  actor uuid references users (id),
  subject uuid not null references users (id) on delete cascade,
  kind text not null,
  data jsonb not null default '{}'
);
create index people_events_of_subject on people_events (subject, at desc, id desc);
