/** The history of a piece: versions, its text at any time, who wrote what. */
import { z } from 'zod';
import { id, lineOfText, pageOf, time } from './common.ts';
import { documentModel, status } from './pieces.ts';

/**
 * `named` ones were made by somebody. The others the server makes: before an older version is brought
 * back (`restore`), before an edit that takes most of a long piece away (`wipe`), when the status was
 * changed, and when people have stopped after they had written much (`quiet`).
 */
export const versionKinds = ['named', 'restore', 'wipe', 'status', 'quiet'] as const;
export type VersionKind = (typeof versionKinds)[number];

const counts = {
  words: z.object({ added: z.int(), removed: z.int() }),
  formats: z.int(),
  embeds: z.int(),
};

/** What was changed: in which fields, in how many lines and footnotes, and how much. */
const changeSummary = z
  .object({
    title: z.boolean(),
    standfirst: z.boolean(),
    lines: z.int(),
    footnotes: z.int(),
    /** Fields beside the text; absent in records of before there were any. */
    meta: z.int().optional(),
    ...counts,
  })
  .meta({ id: 'ChangeSummary' });

const versionShape = z.object({
  id,
  pieceId: id,
  kind: z.enum(versionKinds),
  name: z.string().nullable(),
  note: z.string().nullable(),
  /** What the status became; null where the version is not of a change of status. */
  status: status.nullable(),
  createdBy: z.object({ id, name: z.string() }).nullable(),
  createdAt: time,
  /** Of what there was before something was brought back: what that changed. */
  changes: changeSummary.nullable(),
});

export const version = versionShape.meta({ id: 'Version' });
export type Version = z.output<typeof version>;

export const versionPage = pageOf(version);

export const newVersion = z.strictObject({
  name: lineOfText(200).pipe(z.string().min(1)),
  note: z
    .string()
    .max(5_000)
    .refine((text) => !text.includes('\0'), 'must not contain NUL')
    .optional(),
});

/** How a past state is given. Of `markdown`, `profile` is as in an export. */
export const pastQuery = z.object({
  format: z.enum(['json', 'markdown', 'html']).default('json'),
  profile: z.enum(['publish', 'working']).default('publish'),
  frontMatter: z.stringbool().default(false),
});
export type PastQuery = z.output<typeof pastQuery>;

const documentShape = documentModel.shape;

/** A version with the text that it holds. */
export const versionWithText = versionShape.extend(documentShape).meta({ id: 'VersionWithText' });

/** A piece at a time; `lastEditAt`: when what it holds was written last. */
export const pastPiece = z
  .object({ ...documentShape, at: time, lastEditAt: time })
  .meta({ id: 'PastPiece' });

/** ISO 8601, with any offset. */
export const anyTime = z.iso.datetime({ offset: true });
export const atParams = z.object({ id, time: anyTime });

/**
 * Somebody wrote for a while: words that they added, and that they took away, in all fields; changes of
 * format of what was there; and embeds that they put in or took out.
 */
export const stretch = z
  .object({
    author: z.object({ id, name: z.string() }).nullable(),
    from: time,
    to: time,
    added: z.int(),
    removed: z.int(),
    formats: z.int(),
    embeds: z.int(),
  })
  .meta({ id: 'Stretch' });
export type Stretch = z.output<typeof stretch>;

/** In the order in which they began; all of them, so `nextCursor` is null. */
export const stretches = z.object({ items: z.array(stretch), nextCursor: z.null() });

/** Who wrote a stretch of the body, and when its last letter; `userId` null: the server. */
export const attributed = z
  .object({ from: z.int(), to: z.int(), userId: id.nullable(), at: time })
  .meta({ id: 'Attributed' });

/** `people`: the names of those whose words these are. */
export const attribution = z.object({
  items: z.array(attributed),
  nextCursor: z.null(),
  people: z.array(z.object({ id, name: z.string() })),
});

const moment = z.union([id, anyTime, z.literal('now')], 'must be a version, a time, or now');

/** Of which text it is asked who wrote it. */
export const attributionQuery = z.object({ at: moment.default('now') });

export const diffQuery = z.object({
  from: moment,
  to: moment.default('now'),
  format: z.enum(['json', 'html']).default('json'),
});

/** Null: it has no such attribute. */
const formats = z.array(
  z.object({ attribute: z.string(), before: z.unknown(), after: z.unknown() }),
);
const attributes = z.record(z.string(), z.unknown());

/** An embed is a part of its own, with one U+FFFC for text. `formats`: of text that is the same. */
const parts = z.array(
  z.object({
    change: z.enum(['same', 'added', 'removed']),
    text: z.string(),
    embed: z.unknown().optional(),
    attributes: attributes.optional(),
    formats: formats.optional(),
  }),
);

const change = z.enum(['same', 'changed', 'moved', 'added', 'removed']);

/** What a line is, and the attributes of its line break; `ended` is false where it has none. */
const block = z
  .object({
    kind: z.string(),
    level: z.int().optional(),
    id: z.string().optional(),
    answers: z.string().optional(),
    style: z.string().optional(),
    indent: z.int().optional(),
    format: z.string().optional(),
    attributes: attributes.optional(),
    ended: z.literal(false).optional(),
  })
  .nullable();

/**
 * Lines are in the order of the later text; what was removed is where it stood. `before` and `after`
 * are the indexes at which a line, or the mark of a footnote, stands in the two bodies. Words, changes
 * of format, and embeds that were put in or taken out are counted over all texts. `meta`: the fields
 * beside the text with their plain values; null where there is none on a side.
 */
export const comparison = z
  .object({
    same: z.boolean(),
    title: parts,
    standfirst: parts,
    lines: z.array(
      z.object({
        change,
        restyled: z.boolean(),
        kind: z.string(),
        before: z.int().nullable(),
        after: z.int().nullable(),
        block: z.object({ before: block, after: block }),
        formats: formats.optional(),
        parts,
      }),
    ),
    footnotes: z.array(
      z.object({
        id: z.string(),
        change,
        before: z.int().nullable(),
        after: z.int().nullable(),
        parts,
      }),
    ),
    meta: z.array(
      z.object({
        name: z.string(),
        change: z.enum(['same', 'changed', 'added', 'removed']),
        before: z.unknown(),
        after: z.unknown(),
      }),
    ),
    ...counts,
  })
  .meta({ id: 'Comparison' });

/**
 * What to bring back: everything, or the section that begins at this index of the past body (0: its
 * lede). `preview`: only tell what would change.
 */
export const restoreRequest = z
  .strictObject({
    section: z.int().min(0).optional(),
    preview: z.boolean().default(false),
  })
  .nullish();
export type RestoreRequest = NonNullable<z.output<typeof restoreRequest>>;

/**
 * `changes`: from the piece as it was when this was asked to what it becomes. `version` is what there
 * was before, to go back by; null where nothing was changed.
 */
export const restored = z
  .object({ restored: z.boolean(), version: version.nullable(), changes: comparison })
  .meta({ id: 'Restored' });
