/** What people ask of a long piece over HTTP, and whether the answer is what was written. */
import { deltaText, type DeltaOp } from '../../../shared/document/index.ts';
import { names } from '../figures.ts';
import type { Target } from '../load/wire.ts';
import { pageOf } from '../page/piece.ts';

/** The piece as it has to be. */
export interface Expected {
  readonly pieceId: string;
  readonly text: string;
  /** Of its sections, in order. */
  readonly titles: readonly string[];
  readonly middle: { readonly at: Date; readonly text: string };
  readonly people: readonly string[];
  readonly threads: number;
  /** Threads whose passage is nowhere any more. */
  readonly lost: number;
}

export interface Question {
  readonly name: string;
  /** Asks it; what it gives is called when the time has been taken, and throws where the answer is wrong. */
  readonly ask: (target: Target) => Promise<() => void>;
}

/** As many as the server gives at once. */
const threadsAtOnce = 200;

export function questionsOf(expected: Expected): Question[] {
  const { pieceId, middle } = expected;
  const past = `at/${middle.at.toISOString()}`;
  const one = (name: string, path: string, check: (answer: string) => void): Question => ({
    name,
    ask: async (target) => {
      const answer = await read(target, `/api/pieces/${pieceId}/${path}`);
      return () => check(answer);
    },
  });
  return [
    one(names.yearHistory, 'history', (answer) => checkHistory(answer, expected)),
    one(names.yearMiddle, past, (answer) => checkMiddle(answer, expected)),
    one(names.yearAttribution, 'attribution', (answer) => checkAttribution(answer, expected)),
    one(names.yearExport, 'export', (answer) => checkExport(answer, expected)),
    one(names.yearThreads, `threads?limit=${threadsAtOnce}`, (answer) => {
      const { items, counts } = JSON.parse(answer) as ThreadPage;
      const all = counts.open + counts.resolved + counts.accepted + counts.rejected;
      same('threads that are counted', all, expected.threads);
      if (items.length === 0) throw new Error('a page of threads is empty');
    }),
    { name: names.yearAllThreads, ask: (target) => askAllThreads(target, expected) },
  ];
}

interface ThreadPage {
  readonly items: readonly { readonly orphaned: boolean }[];
  readonly counts: Readonly<Record<'open' | 'resolved' | 'accepted' | 'rejected', number>>;
  readonly nextCursor: string | null;
}

/** Page after page, as a browser does. */
async function askAllThreads(target: Target, { pieceId, threads, lost }: Expected) {
  const items: { readonly orphaned: boolean }[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/api/pieces/${pieceId}/threads?limit=${threadsAtOnce}${after}`;
    const page = JSON.parse(await read(target, path)) as ThreadPage;
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return () => {
    same('threads', items.length, threads);
    same('threads without a passage', items.filter(({ orphaned }) => orphaned).length, lost);
  };
}

function checkHistory(answer: string, { people }: Expected): void {
  const { items } = JSON.parse(answer) as { items: { author: { id: string } | null }[] };
  const known = new Set(people);
  const theirs = items.filter(({ author }) => author !== null && known.has(author.id));
  // The first row is whose who made the piece.
  if (theirs.length < items.length - 1) throw new Error('the history names somebody else');
  if (theirs.length === 0) throw new Error('the history names nobody');
}

function checkMiddle(answer: string, { middle }: Expected): void {
  const { body } = JSON.parse(answer) as { body: DeltaOp[] };
  if (deltaText(body) !== middle.text) throw new Error('the middle reads differently');
}

/** All of the text is somebody's, without a gap. */
function checkAttribution(answer: string, { text, people }: Expected): void {
  const { items } = JSON.parse(answer) as {
    items: { from: number; to: number; userId: string | null }[];
  };
  const known = new Set<string | null>(people);
  let end = 0;
  for (const { from, to, userId } of items) {
    same('where a part begins', from, end);
    if (!known.has(userId)) throw new Error(`${userId ?? 'nobody'} has written nothing`);
    end = to;
  }
  same('where the last part ends', end, text.length);
}

/** Every word, in order: Markdown has its own signs between them, and escapes. */
function checkExport(answer: string, { text, titles }: Expected): void {
  let from = 0;
  for (const title of titles) {
    from = answer.indexOf(title, from);
    if (from < 0) throw new Error(`the file lacks “${title}”, or has it elsewhere`);
  }
  const words = (some: string) => some.match(/[a-z]{3,}/gi)?.length ?? 0;
  if (words(answer) < words(text)) throw new Error('the file has fewer words than the text');
}

function same(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${found}, and not ${expected}`);
}

async function read(target: Target, path: string): Promise<string> {
  const headers = { authorization: `Bearer ${target.params['token']}` };
  const answer = await fetch(pageOf(target) + path, { headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}
