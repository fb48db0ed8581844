import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalDelta, type DeltaOp, type DocumentModel } from '../../shared/document/index.ts';
import { documentModel } from '../shared/arbitrary.ts';
import { seenDocument, seenWords } from '../shared/seen.ts';
import { writtenDocument } from '../shared/written-documents.ts';
import { useScriptPage } from '../support/script-page.ts';
import type { Copied } from './clipboard-page.ts';

const shown = useScriptPage('test/browser/clipboard-page.ts');

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const sample = (arbitrary: fc.Arbitrary<DocumentModel>, numRuns: number) =>
  fc.sample(arbitrary, { seed, numRuns });

interface Trip extends Copied {
  /** Pasted into an empty piece of ours. */
  own: DocumentModel;
  /** Pasted as if from another program: the HTML without what makes it one of our copies. */
  foreign: DocumentModel;
}

/** As JSON: what carries values to the page and back loses a note that is called `__proto__`. */
const trips = async (models: readonly DocumentModel[]): Promise<Trip[]> => {
  const json = await shown.page.evaluate(async (all) => {
    const { copy, paste } = window.clipboardPage;
    const found: Trip[] = [];
    for (const model of JSON.parse(all) as DocumentModel[]) {
      const copied = copy(model);
      const bare = copied.html.replace(
        / data-counterpoint="1" data-clip="[^"]*"| data-pm-slice="[^"]*"/g,
        '',
      );
      found.push({ ...copied, own: await paste(copied.html), foreign: await paste(bare) });
    }
    return JSON.stringify(found);
  }, JSON.stringify(models));
  return JSON.parse(json) as Trip[];
};

/** A body whose marks of notes hold the notes' texts instead of ids, and no last break. */
function withTexts({ body, footnotes }: DocumentModel): DeltaOp[] {
  const textOf = (id: string, depth: number): unknown => {
    const delta = Object.hasOwn(footnotes, id) ? (footnotes[id] ?? []) : [];
    return depth > 3 ? null : fill(delta, depth + 1);
  };
  const fill = (delta: readonly DeltaOp[], depth: number): DeltaOp[] =>
    delta.map((op) => {
      const { footnote, ...more } = op.insert as { footnote?: unknown };
      return typeof op.insert === 'string' || typeof footnote !== 'string'
        ? op
        : { ...op, insert: { note: textOf(footnote, depth), ...more } };
    });
  const last = body.at(-1);
  const bare =
    last && !last.attributes && typeof last.insert === 'string'
      ? [...body.slice(0, -1), { insert: last.insert.replace(/\n$/, '') }]
      : body;
  return fill(normalDelta(bare), 0);
}

/** Words that are in `all`, in their order, with anything between them. */
function missing(words: readonly string[], all: string): string | undefined {
  let from = 0;
  return words.find((word) => {
    const at = all.indexOf(word, from);
    if (at >= 0) from = at + word.length;
    return at < 0;
  });
}

test('S6 whatever a document is, copied and pasted into another of our pieces it is the same', async () => {
  const models = [...sample(documentModel, 150), ...sample(writtenDocument, 50)];
  const all = await trips(models);
  all.forEach(({ own }, i) => {
    expect(withTexts(own), `SEED=${seed}, document ${i}`).toEqual(withTexts(models[i]!));
  });
});

test('S6 what people write is seen alike when it comes back through another program', async () => {
  const models = sample(writtenDocument, 150);
  const all = await trips(models);
  all.forEach(({ foreign }, i) => {
    const said = `SEED=${seed}, document ${i}: ${all[i]!.html}`;
    expect(seenDocument(foreign), said).toEqual(seenDocument(models[i]!));
  });
});

test('S6 plain text has every word that is seen, in order', async () => {
  const models = [...sample(documentModel, 100), ...sample(writtenDocument, 100)];
  const all = await trips(models);
  all.forEach(({ text }, i) => {
    expect(missing(seenWords(models[i]!), text), `SEED=${seed}, document ${i}: ${text}`).toBe(
      undefined,
    );
  });
});
