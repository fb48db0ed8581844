-- Long values go to Postgres and come from it in parts (ARCHITECTURE.md, B1): as one parameter, 16 MB
-- would be 32 MB of hex that the event loop writes out, or reads, in one turn.

-- Rows are written and taken out in one transaction, so that nobody ever sees any, and nothing is lost
-- where a crash empties the table.
create unlogged table large_parts (
  batch uuid not null,
  -- Which value of the batch, from 1, and which part of it.
  ord integer not null,
  part integer not null,
  bytes bytea not null,
  primary key (batch, ord, part)
);
-- They stay for milliseconds: compressing them would be for nothing.
alter table large_parts alter column bytes set storage external;

-- Puts the value together once: substring() of a stored one would unpack it anew for each part.
create function parts_of(value bytea, size integer) returns setof bytea
  language plpgsql immutable strict parallel safe as $$
declare
  whole constant bytea := value || ''::bytea;
begin
  for start in 1 .. octet_length(whole) by size loop
    return next substring(whole from start for size);
  end loop;
end
$$;
