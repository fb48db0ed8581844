import type { Command } from 'prosemirror-state';
import {
  argumentsOf,
  commands,
  dropMove,
  moveLines,
  runWithout,
  schema,
  sectionsOf,
  stepMove,
} from '../../../client/editor/index.ts';
import { flatLength } from '../../../client/editor/mapping/positions.ts';
import { kindMarkup } from '../../../client/editor/schema/line-kinds.ts';
import {
  goToMatch,
  replaceAll,
  replaceMatch,
  setSearch,
} from '../../../client/pages/piece/writing/find/find-commands.ts';
import {
  deleteRange,
  insertText,
  joinLine,
  setBlock,
  splitLine,
  type LineKind,
} from '../../../shared/document/index.ts';
import type { Random } from '../../support/random.ts';
import { lettersIn, type FakeEditor } from './fake-editor.ts';

const firstLetter = 0x4e00; // CJK: 20,000 letters that are nobody's markup.

/** What a run knows of its letters: each is typed once in a run, so each can be told apart. */
export class Letters {
  /** Who typed it. */
  readonly typed = new Map<string, number>();
  /** Taken away by somebody's edit, or by an undo. */
  readonly deleted = new Set<string>();
  /** Brought back by an undo or a redo, under the name of who did that. */
  readonly restored = new Set<string>();
  /** Taken away and written again in one edit, under the name of who did that: a section that moved. */
  readonly rewritten = new Set<string>();

  next(by: number): string {
    const letter = String.fromCodePoint(firstLetter + this.typed.size);
    this.typed.set(letter, by);
    return letter;
  }

  /**
   * Does `act` and notes what it took away from these bodies, each by its own hand, or brought back.
   * @returns what it took away and wrote again.
   */
  watch(editors: readonly FakeEditor[], act: () => void): string[] {
    const before = editors.map(placesOf);
    const typed = new Set(this.typed.keys());
    act();
    const again: string[] = [];
    for (const [i, editor] of editors.entries()) {
      const after = placesOf(editor);
      for (const letter of before[i]!.keys()) if (!after.has(letter)) this.deleted.add(letter);
      for (const [letter, places] of after) {
        const had = before[i]!.get(letter);
        if (had === undefined && typed.has(letter)) this.restored.add(letter);
        if (had && places.some((place) => !had.includes(place))) again.push(letter);
      }
    }
    for (const letter of again) this.rewritten.add(letter);
    return again;
  }
}

/** Where each letter of a run stands, by the Yjs id that it was written with. */
function placesOf({ body }: FakeEditor): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { letter, client, clock } of lettersIn(body)) {
    if (letter < '\u4e00' || letter >= '\ud800') continue;
    places.set(letter, [...(places.get(letter) ?? []), `${client}:${clock}`]);
  }
  return places;
}

type Act = (editor: FakeEditor, random: Random, letters: Letters) => void;

const listed: Readonly<Record<string, (editor: FakeEditor, random: Random) => Command>> = {
  paragraph: () => commands.setParagraph,
  heading: (_editor, random) => commands.toggleHeading(random.pick([2, 3, 4])),
  quote: () => commands.toggleQuote,
  codeBlock: () => commands.toggleCodeBlock,
  raw: (_editor, random) => commands.toggleRaw(random.pick(['markdown', 'html'])),
  list: (_editor, random) => commands.toggleList(random.pick(['bullet', 'ordered'])),
  indent: () => commands.indent,
  outdent: () => commands.outdent,
  thesis: () => commands.toggleThesis,
  counterpoint: () => commands.toggleCounterpoint,
  answer: (editor, random) => {
    const theses = argumentsOf(editor.state.doc).filter(({ kind }) => kind === 'thesis');
    return commands.answerThesis(theses.length > 0 ? random.pick(theses).id : 'none');
  },
  link: (_editor, random) => commands.setLink(random.pick(['', 'https://example.org/a'])),
  relink: (editor, random) => {
    const all = argumentsOf(editor.state.doc);
    const target = random.pick([null, 'a']);
    return commands.linkCounterpoint(all.length > 0 ? random.pick(all).id : 'none', target);
  },
  bold: () => commands.toggleBold,
  italic: () => commands.toggleItalic,
  strike: () => commands.toggleStrike,
  code: () => commands.toggleCode,
  split: () => commands.splitLine,
  exit: () => commands.exitBlock,
  joinBackward: () => commands.joinBackward,
  joinForward: () => commands.joinForward,
  deleteSelection: () => commands.deleteSelection,
  deleteEmbed: (_editor, random) => commands.deleteEmbed(random.pick([-1, 1])),
  divider: () => commands.insertDivider,
  footnote: () => commands.insertFootnote('note'),
};

const fromCommands = Object.fromEntries(
  Object.entries(listed).map(([name, command]): [string, Act] => [
    name,
    (editor, random) => void editor.run(command(editor, random)),
  ]),
);

/** Everything that a writer does to an editor. */
export const acts: Readonly<Record<string, Act>> = {
  ...fromCommands,
  type: (editor, random, letters) => {
    for (let count = 1 + random.int(3); count > 0; count--) {
      editor.type(letters.next(editor.doc.clientID));
    }
  },
  typeMarks: (editor, random, letters) => {
    const letter = letters.next(editor.doc.clientID);
    const [open, close] = random.pick([
      ...[
        ['**', '**'],
        ['*', '*'],
        ['~~', '~~'],
        ['`', '`'],
        ['[', '](http://x.y)'],
      ],
    ]) as [string, string];
    editor.type(` ${open}${letter}${close}`);
  },
  typeLine: (editor, random) => {
    editor.run(commands.splitLine);
    editor.type(random.pick(['## ', '> ', '- ', '1. ', '``` ', ':t ', ':c ', '']));
  },
  paste: (editor, random, letters) => {
    const lines = Array.from({ length: 1 + random.int(3) }, () => {
      const { type, attrs } = kindMarkup(anyKind(random));
      if (random.int(4) === 0) return type.create(attrs);
      return type.create(attrs, schema.text(letters.next(editor.doc.clientID)));
    });
    editor.paste(lines);
  },
  pasteCode: (editor, _random, letters) => {
    const { clientID } = editor.doc;
    const text = `${letters.next(clientID)}\n${letters.next(clientID)}\n`;
    editor.dispatch(editor.state.tr.insertText(text));
  },
  deleteLetter: (editor) => {
    const { $from } = editor.state.selection;
    if ($from.parentOffset > 0) editor.dispatch(editor.state.tr.delete($from.pos - 1, $from.pos));
  },
  menu: (editor, random) => {
    editor.type('/');
    const { from } = editor.state.selection;
    editor.run(
      runWithout({ from: from - 1, to: from }, listed[random.pick(menuNames)]!(editor, random)),
    );
  },
  // As the outline does it.
  moveSection: (editor, random) => {
    const { doc } = editor.state;
    const sections = sectionsOf(doc);
    if (sections.length === 0) return;
    const number = random.int(sections.length);
    const move = random.pick([
      stepMove(sections, number, random.pick([1, -1])),
      dropMove(sections, number, random.pick([null, random.int(sections.length)]), doc.childCount),
    ]);
    if (!move) return;
    editor.history.stopCapturing();
    editor.run(moveLines(move, [random.int(doc.content.size)]));
  },
  replace: (editor, random, letters) => {
    const query = random.pick([...editor.body.toJSON(), '\n']);
    if (query === '\n') return;
    editor.run(setSearch({ query, matchCase: true }));
    // In every place the same letter could not be told apart: all are replaced by nothing.
    if (random.int(4) === 0) editor.run(replaceAll(''));
    else if (editor.run(goToMatch(1))) editor.run(replaceMatch(letters.next(editor.doc.clientID)));
    editor.run(setSearch({ query: '', matchCase: false }));
  },
  undo: (editor) => void editor.run(commands.undo),
  redo: (editor) => void editor.run(commands.redo),
  // Other programs, on the text itself.
  program: (editor, random, letters) => {
    const index = random.int(editor.body.length + 1);
    insertText(editor.body, index, letters.next(editor.doc.clientID));
  },
  programPlain: (editor, random, letters) => {
    const { body, doc } = editor;
    body.insert(random.int(body.length + 1), letters.next(doc.clientID));
  },
  programSplit: (editor, random) => void splitLine(editor.body, random.int(editor.body.length + 1)),
  programJoin: (editor, random) => joinLine(editor.body, random.int(editor.body.length + 1)),
  programBlock: (editor, random) =>
    setBlock(editor.body, random.int(editor.body.length + 1), anyKind(random)),
  programDelete: (editor, random) => {
    const from = random.int(editor.body.length + 1);
    deleteRange(editor.body, from, Math.min(editor.body.length, from + random.int(4)));
  },
};

const menuNames = ['paragraph', 'heading', 'thesis', 'counterpoint', 'divider', 'list'] as const;
/** A text knows no moving, so a section that moves is written again, and so by its undo. */
const rewriting = ['moveSection', 'undo', 'redo'];
const often = ['undo', 'undo', 'redo', 'moveSection', 'moveSection'];
const weighted = [...Object.keys(acts), ...Array<string>(12).fill('type'), ...often];

/** One random edit of a writer, behind a new selection most times. @returns its name. */
export function randomAct(editor: FakeEditor, random: Random, letters: Letters): string {
  const name = random.pick(weighted);
  if (random.int(3) > 0) {
    const length = flatLength(editor.state.doc);
    const anchor = random.int(length + 1);
    const far = random.int(3) === 0 ? random.int(8) : 0;
    editor.select(anchor, Math.min(length, anchor + far));
  }
  const again = letters.watch([editor], () => acts[name]!(editor, random, letters));
  if (again.length > 0 && !rewriting.includes(name)) {
    throw new Error(`${name} wrote ${again.join('')} again, which were there`);
  }
  return name;
}

function anyKind(random: Random): LineKind {
  return random.pick<() => LineKind>([
    () => ({ kind: 'paragraph' }),
    () => ({ kind: 'heading', level: random.pick([2, 3, 4] as const) }),
    () => ({ kind: 'thesis', id: random.pick(['t1', 't2']) }),
    () => ({ kind: 'counterpoint', id: random.pick(['c1', 'c2']), answers: 't1' }),
    () => ({ kind: 'quote' }),
    () => ({ kind: 'list', style: 'bullet', indent: random.int(3) }),
    () => ({ kind: 'code' }),
    () => ({ kind: 'raw', format: random.pick(['markdown', 'html'] as const) }),
  ])();
}
