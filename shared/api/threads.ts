/** Threads: comments on a passage, and suggestions of what should stand there instead. */
import { z } from 'zod';
import { plainFields } from '../document/fields.ts';
import { id, pageOf, pageQuery, time } from './common.ts';

export const threadKinds = ['comment', 'suggestion'] as const;
export type ThreadKind = (typeof threadKinds)[number];

/** A comment is open or resolved; a suggestion open, accepted or rejected. */
export const threadStatuses = ['open', 'resolved', 'accepted', 'rejected'] as const;
export type ThreadStatus = (typeof threadStatuses)[number];

const person = z.object({ id, name: z.string() });

/** `body` is plain text, blank once the comment is deleted. `mentions` are the people it names. */
export const comment = z
  .object({
    id,
    threadId: id,
    author: person,
    body: z.string(),
    mentions: z.array(person),
    createdAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
  })
  .meta({ id: 'Comment' });
export type Comment = z.output<typeof comment>;

/** The text that a passage is in; a footnote has the id of its mark and in the document's map. */
const field = z.union(
  [
    z.enum(plainFields),
    z.templateLiteral(['footnote:', z.string().regex(/^[^\0\ud800-\udfff]{1,200}$/)]),
  ],
  "must be 'body', 'title', 'standfirst' or 'footnote:<id>'",
);

/** Indexes into the field. */
const position = z.object({ from: z.int(), to: z.int() });

/** Yjs relative positions in the field, base64. */
const positions = z.object({ start: z.string(), end: z.string() });

/**
 * `quote` is what the passage reads now; of an orphaned thread, what it read last, and `position` is
 * null then. `suggestion.original` is what it read when the suggestion was made: while it reads
 * otherwise, the suggestion cannot be accepted. A suggestion with an empty quote is an insertion.
 */
const threadShape = z.object({
  id,
  pieceId: id,
  kind: z.enum(threadKinds),
  status: z.enum(threadStatuses),
  field,
  quote: z.string(),
  position: position.nullable(),
  anchor: positions.nullable(),
  orphaned: z.boolean(),
  suggestion: z.object({ original: z.string(), replacement: z.string() }).nullable(),
  comments: z.array(comment),
  createdBy: id,
  author: person,
  createdAt: time,
  updatedAt: time,
  decidedBy: person.nullable(),
  decidedAt: time.nullable(),
});

/** A thread as all who see the piece see it; so it is in events. */
export type SharedThread = z.output<typeof threadShape>;

/** `unread` counts the comments of others that the caller has not read. */
export const thread = threadShape.extend({ unread: z.int() }).meta({ id: 'Thread' });
export type Thread = z.output<typeof thread>;

/** `counts` are of all threads of the piece, whatever the query; `unread` is of comments. */
export const threadPage = pageOf(thread).extend({
  counts: z.object({
    open: z.int(),
    resolved: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    unread: z.int(),
  }),
});
export type ThreadPage = z.output<typeof threadPage>;

/** `mine`: threads that the caller began, wrote in or is mentioned in. */
export const threadQuery = pageQuery.extend({
  status: z.enum(threadStatuses).optional(),
  mine: z.stringbool().default(false),
});
export type ThreadQuery = z.output<typeof threadQuery>;

/** The longest passage, in UTF-16 units: some ten pages. */
export const longestPassage = 20_000;

/**
 * What people wrote, as it can be stored: line ends are "\n", and what is half a character is U+FFFD.
 * How long it may be is the server's to say.
 */
const plainText = z
  .string()
  .refine((text) => !text.includes('\0'), 'must not contain NUL')
  .transform((text) => text.replace(/\r\n?/g, '\n').replace(/\p{Surrogate}/gu, '\ufffd'));

const commentBody = plainText.refine((text) => text.trim() !== '', 'must not be blank');

const encodedPosition = z
  .string()
  .max(1_000)
  .regex(/^[\w+/-]+={0,2}$/, 'must be base64');

/**
 * Where a thread is to be: Yjs relative positions, as an editor has them, or a W3C text quote
 * selector, whatever its quotation marks, spaces and Unicode form. With an empty quote, the point between
 * `prefix` and `suffix`, for an insertion. No `field`: that of the positions, and for a quote the body.
 */
const anchor = z.union(
  [
    z.strictObject({
      field: field.optional(),
      start: encodedPosition,
      end: encodedPosition,
    }),
    z.strictObject({
      field: field.default('body'),
      quote: plainText.pipe(z.string().max(longestPassage)),
      prefix: plainText.pipe(z.string().max(1_000)).default(''),
      suffix: plainText.pipe(z.string().max(1_000)).default(''),
    }),
  ],
  'must be {start, end, field?} or {quote, prefix?, suffix?, field?}',
);
export type AnchorInput = z.output<typeof anchor>;

/** A suggestion may come without a comment. An empty `replacement` is a deletion. */
export const newThread = z
  .strictObject({
    anchor,
    body: commentBody.optional(),
    suggestion: z.strictObject({ replacement: plainText }).optional(),
  })
  .refine(({ body, suggestion }) => body !== undefined || suggestion !== undefined, {
    path: ['body'],
    message: 'must be given where nothing is suggested',
  });
export type NewThread = z.output<typeof newThread>;

export const newComment = z.strictObject({ body: commentBody });

/** Marks a thread as read up to a comment, or all of it. */
export const readMark = z
  .strictObject({ upTo: id.optional() })
  .nullish()
  .transform((mark) => mark ?? {});

export const unreadCount = z.object({ unread: z.int() });
