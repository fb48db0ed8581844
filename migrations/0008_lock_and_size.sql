-- A piece that is locked is changed by nobody until an owner unlocks it, and one that has come to its
-- largest size takes no more (ARCHITECTURE.md, R4).

alter table pieces
  add column locked_at timestamptz,
  add column locked_by uuid references users (id) on delete set null;

alter table refused_edits
  drop constraint refused_edits_reason_check,
  add constraint refused_edits_reason_check check (
    reason in ('may_not_edit', 'right_withdrawn', 'not_your_client_id', 'piece_locked', 'piece_full')
  );
