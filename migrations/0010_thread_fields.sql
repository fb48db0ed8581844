-- The text of the document that a thread's passage is in: 'body', 'title', 'standfirst' or
-- 'footnote:<id>'. It changes when a passage is cut from one and pasted into another.
alter table threads add column field text not null default 'body';
