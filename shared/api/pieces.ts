/** Pieces, who is on them, and what can be read off them. */
import { z } from 'zod';
import { pieceRoles } from '../roles.ts';
import { id, lineOfText, pageOf, pageQuery, time } from './common.ts';
import { statuses } from './statuses.ts';

export const status = z.enum(statuses);
export type { Status } from './statuses.ts';

/** `role` is what the caller may do on the piece; an admin may do what an owner may. */
const pieceShape = z.object({
  id,
  title: z.string(),
  standfirst: z.string(),
  words: z.int(),
  status,
  role: z.enum(pieceRoles),
  /** Nobody changes the text before an owner has unlocked it. */
  locked: z.boolean(),
  lockedBy: z.object({ id, name: z.string() }).nullable(),
  createdBy: id.nullable(),
  createdAt: time,
  updatedAt: time,
  /** Who wrote in it last; null where that was the server, such as an import. */
  changedBy: z.object({ id, name: z.string() }).nullable(),
  deletedAt: time.nullable(),
});

const present = z.array(z.object({ id: z.string(), name: z.string(), color: z.string() }));

export const piece = pieceShape.meta({ id: 'Piece' });
export type Piece = z.output<typeof piece>;

/** A piece with the people who have it open now, each once. */
export const pieceWithPeople = pieceShape.extend({ present }).meta({ id: 'PieceWithPeople' });
export type PieceWithPeople = z.output<typeof pieceWithPeople>;

export const piecePage = pageOf(pieceWithPeople);

const title = lineOfText(500);
const standfirst = lineOfText(2_000);

/**
 * A new piece. What `title` and `standfirst` say wins over what `content` says. `format` says how
 * to read `content`: in plain text, lines that were wrapped are paragraphs again, and what looks like
 * Markdown's marks within them is text.
 */
export const newPiece = z.strictObject({
  title: title.optional(),
  standfirst: standfirst.optional(),
  content: z.string().optional(),
  format: z.enum(['markdown', 'text']).default('markdown'),
});
export type NewPiece = z.output<typeof newPiece>;

/** A text from outside that a piece is to have. */
export const newContent = z.strictObject({
  content: z.string(),
  format: z.enum(['markdown', 'text']).default('markdown'),
});
export type NewContent = z.output<typeof newContent>;

/** Something in the content that could only be kept as text; `line` is that of the content, from 1. */
const warning = z.object({ line: z.int(), what: z.string(), message: z.string() });

export const createdPiece = pieceShape
  .extend({ warnings: z.array(warning) })
  .meta({ id: 'CreatedPiece' });

export const pieceChange = z
  .strictObject({
    title: title.optional(),
    standfirst: standfirst.optional(),
    status: status.optional(),
    locked: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something');
export type PieceChange = z.output<typeof pieceChange>;

/** `q` is sought in title and standfirst. `deleted=true` lists the deleted pieces of an owner. */
export const pieceQuery = pageQuery.extend({
  q: z.string().max(200).optional(),
  status: status.optional(),
  deleted: z.stringbool().default(false),
});
export type PieceQuery = z.output<typeof pieceQuery>;

/** `etag=false` leaves out the ETag of the text: telling it may have to wait for others' work. */
export const onePieceQuery = z.object({ etag: z.stringbool().default(true) });

export const member = z
  .object({
    userId: id,
    name: z.string(),
    email: z.string(),
    role: z.enum(pieceRoles),
    /** They cannot sign in, until an admin enables them. */
    disabled: z.boolean(),
    since: time,
  })
  .meta({ id: 'Member' });
export type Member = z.output<typeof member>;

/**
 * People who are not on the piece, at most ten: a word of whose name begins with `q`, or whose whole
 * email address it is. The address is given where it was known, and to admins.
 */
export const candidateQuery = z.object({ q: z.string().trim().min(2).max(100) });
export const candidates = z.object({
  items: z.array(z.object({ id, name: z.string(), email: z.string().nullable() })),
  nextCursor: z.null(),
});

export const memberPage = pageOf(member);
export const memberParams = z.object({ id, userId: id });
export const memberRole = z.strictObject({ role: z.enum(pieceRoles) });

/**
 * `publish` is what readers get; `working` keeps theses, counterpoints and all that comes back in, and
 * with `notes` has the open threads in it as CriticMarkup.
 */
export const exportQuery = z.object({
  format: z.enum(['markdown', 'html', 'json']).default('markdown'),
  profile: z.enum(['publish', 'working']).default('publish'),
  frontMatter: z.stringbool().default(false),
  notes: z.stringbool().default(false),
});

const attributes = z.record(z.string(), z.unknown());
const delta = z.array(
  z.object({
    insert: z.union([z.string(), z.record(z.string(), z.unknown())]),
    attributes: attributes.optional(),
  }),
);

/**
 * A document as plain values: `body` and each footnote in Quill's Delta form; so title and standfirst,
 * where they have marks or embeds. `meta`: plain JSON values, such as its date; absent where there is
 * none.
 */
export const documentModel = z
  .object({
    title: z.string(),
    standfirst: z.string(),
    titleDelta: delta.optional(),
    standfirstDelta: delta.optional(),
    body: delta,
    footnotes: z.record(z.string(), delta),
    meta: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Document' });
