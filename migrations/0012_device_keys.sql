-- Secrets of which the keys are made that a browser encrypts its copies of pieces with (P4). A
-- session's goes with the session: what it encrypted can be read by nobody afterwards. A person's is
-- for words that no server has yet, which outlive the session. Both are made when they are first
-- asked for.
alter table sessions add column device_secret bytea;
alter table users add column device_secret bytea;
