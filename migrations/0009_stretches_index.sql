-- Packing leaves the rows that it joined behind as dead ones, until Postgres vacuums: who asks for the
-- history went past 260,000 of them to find 65 packs. (ARCHITECTURE.md, D6)
create index journal_stretches on journal (piece_id, seq) where stretches is not null;
