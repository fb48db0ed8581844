-- What is kept of API tokens that have ended: that they were somebody's (ARCHITECTURE.md, P3). A
-- program that goes on with such a token guesses at nothing, and must not be counted as if it did.
create table former_tokens (
  hash bytea primary key,
  ended_at timestamptz not null default now()
);

-- By a trigger, so that it holds in whatever way a token goes, with its person too.
create function keep_former_token() returns trigger language plpgsql as $$
begin
  insert into former_tokens (hash) values (old.hash) on conflict (hash) do nothing;
  return null;
end $$;

create trigger api_tokens_former after delete on api_tokens
  for each row execute function keep_former_token();
