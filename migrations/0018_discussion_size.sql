-- How much is said about a piece is summed up with each comment (ARCHITECTURE.md, B2).
create index comments_of_piece on comments (piece_id);
