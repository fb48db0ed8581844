import type * as Y from 'yjs';
import {
  deleteRange,
  insertText,
  joinLine,
  lineAt,
  readBlocks,
  setBlock,
  setLink,
  splitLine,
  toggleMark,
  type LineKind,
} from '../../shared/document/index.ts';
import type { StockClient } from '../support/clients.ts';
import type { Random } from '../support/random.ts';

/** What a run knows of its letters: each is typed once in a run, so each can be told apart. */
export interface Letters {
  readonly typed: Set<string>;
  readonly deleted: Set<string>;
  next(): string;
}

const firstLetter = 0x4e00; // CJK: 20,000 letters that are nobody's markup.

export function freshLetters(): Letters {
  const typed = new Set<string>();
  return {
    typed,
    deleted: new Set(),
    next() {
      const letter = String.fromCodePoint(firstLetter + typed.size);
      typed.add(letter);
      return letter;
    },
  };
}

type Step = (body: Y.Text, random: Random, letters: Letters) => void;

const at = (body: Y.Text, random: Random) => random.int(body.length + 1);

function range(body: Y.Text, random: Random, most: number): [number, number] {
  const from = at(body, random);
  return [from, Math.min(body.length, from + random.int(most))];
}

function remove(body: Y.Text, from: number, to: number, letters: Letters): void {
  for (const letter of body.toJSON().slice(from, to)) letters.deleted.add(letter);
  deleteRange(body, from, to);
}

const marks = ['bold', 'italic', 'strike', 'code'] as const;
const ids = ['t1', 't2', 't3'];

function anyKind(random: Random): LineKind {
  return random.pick<() => LineKind>([
    () => ({ kind: 'paragraph' }),
    () => ({ kind: 'heading', level: random.pick([2, 3, 4] as const) }),
    () => ({ kind: 'thesis', id: random.pick(ids) }),
    () => ({ kind: 'counterpoint', id: random.pick(ids), answers: random.pick(ids) }),
    () => ({ kind: 'quote' }),
    () => ({
      kind: 'list',
      style: random.pick(['bullet', 'ordered'] as const),
      indent: random.int(3),
    }),
    () => ({ kind: 'code' }),
  ])();
}

/** Everything that a writer does to a body, typing most often. */
export const steps: Readonly<Record<string, Step>> = {
  type: (body, random, letters) => insertText(body, at(body, random), letters.next()),
  typeOn: (body, random, letters) => {
    const { from, to } = lineAt(body, at(body, random));
    for (let i = 0; i < 3; i++) insertText(body, random.pick([from, to]), letters.next());
  },
  plainInsert: (body, random, letters) => body.insert(at(body, random), letters.next()),
  delete: (body, random, letters) => remove(body, ...range(body, random, 4), letters),
  split: (body, random) => void splitLine(body, at(body, random)),
  join: (body, random) => joinLine(body, at(body, random)),
  turnInto: (body, random) => setBlock(body, at(body, random), anyKind(random)),
  mark: (body, random) => toggleMark(body, ...range(body, random, 6), random.pick(marks)),
  link: (body, random) => {
    setLink(body, ...range(body, random, 6), random.pick([null, 'https://example.org/a']));
  },
};

const weighted = [
  ...Array<string>(6).fill('type'),
  ...Array<string>(4).fill('typeOn'),
  ...Object.keys(steps),
];

/** One random step of a writer, who may also lose the connection or find it again. */
export function randomStep(client: StockClient, random: Random, letters: Letters): string {
  const { provider, body, doc } = client;
  if (random.next() < 0.08) {
    if (provider.shouldConnect) provider.disconnect();
    else provider.connect();
    return provider.shouldConnect ? 'connect' : 'disconnect';
  }
  const name = random.pick(weighted);
  doc.transact(() => steps[name]!(body, random, letters));
  readBlocks(body.toDelta() as unknown[]);
  return name;
}
