-- What an owner approves of a refused edit is what is applied (ARCHITECTURE.md, R4), and what clients
-- pass on for others after a crash waits until it is confirmed (P2).

alter table refused_edits
  drop constraint refused_edits_reason_check,
  add constraint refused_edits_reason_check check (
    reason in (
      'may_not_edit', 'right_withdrawn', 'not_your_client_id', 'piece_locked', 'piece_full',
      'unconfirmed'
    )
  ),
  -- By user id, what each owner was shown last of what it would do: a hash of the edit and its effect.
  -- `last`: what any of them was.
  add column shown jsonb not null default '{}',
  -- Under which clientIDs its words are in the piece since it was applied: [clientID, from, to], …
  add column renamed jsonb not null default '[]';
