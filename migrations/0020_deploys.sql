-- Two versions side by side (ARCHITECTURE.md, E1).

-- The last migration that a server's build knows. One that says nothing is of the release before this.
alter table servers add column migration text not null default '0019_servers.sql';

-- Of `schema_migrations`, what is newer than 0019 has taken something away from servers that do not know
-- it. Such a server gets no place among the others, without which it opens and commits nothing: also one
-- that was starting when the migration ran, or that stood still and was taken for dead.
create function servers_know_schema() returns trigger
  language plpgsql security definer set search_path from current as $$
declare
  unknown text;
begin
  select name into unknown from schema_migrations
  where name collate "C" > coalesce(new.migration, '') order by name collate "C" desc limit 1;
  if found then
    raise exception 'this server is older than the database, which has %', unknown
      using errcode = 'CPOLD';
  end if;
  return new;
end
$$;
create trigger servers_know_schema before insert on servers
  for each row execute function servers_know_schema();
