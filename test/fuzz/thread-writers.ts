import * as Y from 'yjs';
import type { StockClient } from '../support/clients.ts';
import type { Random } from '../support/random.ts';

/** A writer with an undo history and a clipboard. */
export interface Editor {
  readonly client: StockClient;
  readonly undo: Y.UndoManager;
  clipboard: string;
}

const own = Symbol('own edit');

export function editorOf(client: StockClient): Editor {
  const undo = new Y.UndoManager(client.body, {
    trackedOrigins: new Set([own]),
    captureTimeout: 0,
  });
  return { client, undo, clipboard: '' };
}

type Step = (body: Y.Text, random: Random, editor: Editor) => void;

const words = ['night ', 'bus', ' pays', 'x', '. ', 'über ', '😀', '漢字', ', and '];

/** Any index, but none between the halves of a character: Yjs would replace both. */
const at = (body: Y.Text, random: Random) => whole(plain(body), random.int(body.length + 1));

function whole(text: string, index: number): number {
  const halves = /[\ud800-\udbff]$/.test(text.slice(0, index).slice(-1));
  return halves ? index - 1 : index;
}

/** [from, length] */
function stretch(body: Y.Text, random: Random, most: number): [number, number] {
  const from = at(body, random);
  const to = Math.min(from + random.int(most) + 1, body.length);
  return [from, Math.max(0, whole(plain(body), to) - from)];
}

/** The line that an index is in, its break included: [from, length]. */
function line(body: Y.Text, random: Random): [number, number] {
  const text = plain(body);
  const index = random.int(text.length + 1);
  const from = text.lastIndexOf('\n', index - 1) + 1;
  const end = text.indexOf('\n', index);
  return [from, (end < 0 ? text.length : end + 1) - from];
}

function cut(body: Y.Text, [from, length]: [number, number]): string {
  const words = plain(body).slice(from, from + length);
  if (length > 0) body.delete(from, length);
  return words.replaceAll('\ufffc', '');
}

/** The body with U+FFFC for each embed, so that indexes fit. */
export function plain(body: Y.Text): string {
  return (body.toDelta() as { insert: unknown }[])
    .map(({ insert }) => (typeof insert === 'string' ? insert : '\ufffc'))
    .join('');
}

const marks = ['bold', 'italic', 'link'] as const;

/** What writers do to passages, the rough things too. */
const steps: Readonly<Record<string, Step>> = {
  type: (body, random) => body.insert(at(body, random), random.pick(words)),
  backspace: (body, random) => void cut(body, stretch(body, random, 3)),
  delete: (body, random) => void cut(body, stretch(body, random, 30)),
  cut: (body, random, editor) => {
    if (editor.clipboard === '') editor.clipboard = cut(body, stretch(body, random, 120));
  },
  cutLine: (body, random, editor) => {
    if (editor.clipboard === '') editor.clipboard = cut(body, line(body, random));
  },
  drop: (body, random) => void cut(body, line(body, random)),
  paste: (body, random, editor) => {
    if (editor.clipboard !== '') body.insert(at(body, random), editor.clipboard);
    editor.clipboard = '';
  },
  move: (body, random) => {
    const words = cut(body, line(body, random));
    if (words !== '') body.insert(line(body, random)[0], words);
  },
  split: (body, random) => body.insert(at(body, random), '\n', {}),
  join: (body, random) => {
    const at = plain(body).indexOf('\n', random.int(body.length + 1));
    if (at >= 0) body.delete(at, 1);
  },
  turnInto: (body, random) => {
    const at = plain(body).indexOf('\n', random.int(body.length + 1));
    if (at >= 0)
      body.format(at, 1, random.pick([{ header: 2 }, { thesis: 't' }, { header: null }]));
  },
  mark: (body, random) => {
    const [from, length] = stretch(body, random, 40);
    if (length > 0) body.format(from, length, { [random.pick(marks)]: random.pick([true, null]) });
  },
  embed: (body, random) => body.insertEmbed(at(body, random), { footnote: `f${random.int(9)}` }),
  undo: (_body, _random, { undo }) => void undo.undo(),
  redo: (_body, _random, { undo }) => void undo.redo(),
};

const weighted = [
  ...Array<string>(10).fill('type'),
  ...Array<string>(5).fill('backspace'),
  ...Array<string>(3).fill('undo'),
  ...Array<string>(3).fill('paste'),
  ...Object.keys(steps).filter((name) => name !== 'drop'),
];

/** One random step, which may also be to lose the connection or find it again. */
export function threadStep(editor: Editor, random: Random): void {
  const { provider, body, doc } = editor.client;
  if (random.next() < 0.02) {
    if (provider.shouldConnect) provider.disconnect();
    else provider.connect();
    return;
  }
  // A text that has nearly gone is no test of anything: from then on people write. One that grows and
  // grows, as pasted and undone by turns it does, is one of patience only.
  const name =
    body.length < 2_000
      ? random.pick(['type', 'paste', 'undo'])
      : random.pick(body.length > 30_000 ? ['delete', 'drop', 'undo'] : weighted);
  const step = steps[name]!;
  if (name === 'undo' || name === 'redo') step(body, random, editor);
  else doc.transact(() => step(body, random, editor), own);
}
