-- Lists go by the latest change first.
create index pieces_by_change on pieces (updated_at desc, id desc) where deleted_at is null;
