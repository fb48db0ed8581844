-- Which server has which piece open (ARCHITECTURE.md, P2). A row that another server left tells that it
-- did not get to its end, also where nothing had been committed since it opened the piece.

create table open_pieces (
  piece_id uuid not null references pieces (id) on delete cascade,
  -- A process of the server; each makes up its own id.
  server uuid not null,
  -- Which of its openings: one that ends late does not end a later one.
  opening integer not null,
  since timestamptz not null default now(),
  -- When another server first found it, and took this one for dead.
  found_at timestamptz,
  primary key (piece_id, server)
);
