-- Several servers on one database (ARCHITECTURE.md, C3, C4).

-- Which servers run. Each notes every second that it lives; one that does not is taken away by others.
create table servers (
  -- A process; each makes up its own id.
  id uuid primary key,
  -- By which others on the same machine know at once that it has ended.
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- Whether it hears the others on the fast bus.
  hears boolean not null default true,
  -- The others that it reckons with: from then on it writes under no clientID that it has not claimed.
  knows uuid[] not null default '{}'
);

-- Which server takes words under a clientID; null, or one that is not there any more: none. Two that take
-- them at a time would both call them saved, and only those of one would stand (C6, D2).
alter table client_ids add column server uuid;
-- Another server needs it: whoever holds it finds that when it looks, and gives it back.
alter table client_ids add column wanted boolean not null default false;
create index client_ids_wanted on client_ids (server) where wanted;
create index client_ids_held on client_ids (piece_id) where server is not null;

-- What somebody may do has changed, under numbers that grow in the order of the commits: a server that
-- has acted on all up to one number asks for what is above it.
create table rights_changes (
  number bigint primary key,
  at timestamptz not null default now(),
  -- On this piece; null: on all.
  piece_id uuid,
  -- Of this person; null: of everybody.
  user_id uuid
);
create index rights_changes_at on rights_changes (at);

create table rights_head (
  singleton boolean primary key default true check (singleton),
  number bigint not null default 0
) with (fillfactor = 50);
insert into rights_head default values;

create function note_rights_change(piece uuid, person uuid) returns void
  language plpgsql security definer set search_path from current as $$
declare
  latest bigint;
begin
  update rights_head set number = number + 1 returning number into latest;
  insert into rights_changes (number, piece_id, user_id) values (latest, piece, person);
end
$$;

-- By triggers, so that no way of changing a right can forget it, an operator's psql and an older server
-- included. They are deferred: the row of `rights_head` is locked last, in the commit, or two changes
-- could wait for each other. They find our tables wherever the path of whoever changes something leads.
create function members_changed() returns trigger
  language plpgsql security definer set search_path from current as $$
begin
  perform note_rights_change(old.piece_id, old.user_id);
  return null;
end
$$;
create constraint trigger members_changed after update or delete on members
  deferrable initially deferred for each row execute function members_changed();

create function piece_changed() returns trigger
  language plpgsql security definer set search_path from current as $$
begin
  perform note_rights_change(old.id, null);
  return null;
end
$$;
create constraint trigger piece_changed after update on pieces
  deferrable initially deferred for each row
  when (old.locked_at is distinct from new.locked_at or old.deleted_at is distinct from new.deleted_at)
  execute function piece_changed();

create function user_changed() returns trigger
  language plpgsql security definer set search_path from current as $$
begin
  perform note_rights_change(null, old.id);
  return null;
end
$$;
create constraint trigger user_changed after update on users
  deferrable initially deferred for each row
  when (old.role is distinct from new.role or old.name is distinct from new.name
    or old.disabled_at is distinct from new.disabled_at)
  execute function user_changed();

-- Of sessions and tokens. What has come to its own end is told by its time.
create function credential_ended() returns trigger
  language plpgsql security definer set search_path from current as $$
begin
  perform note_rights_change(null, old.user_id);
  return null;
end
$$;
create constraint trigger session_ended after delete on sessions
  deferrable initially deferred for each row
  when (old.expires_at > clock_timestamp())
  execute function credential_ended();
create constraint trigger token_ended after delete on api_tokens
  deferrable initially deferred for each row
  when (coalesce(old.expires_at > clock_timestamp(), true))
  execute function credential_ended();
