import type { Command } from 'prosemirror-state';
import { commands, type SelectionInfo } from '../../../editor/index.ts';
import type { t } from '../../../strings/piece.ts';

export type ActionId = keyof typeof t.piece.actions;

/** A part of the page that an action opens. */
export type Ask =
  'link' | 'answers' | 'find' | 'replace' | 'help' | 'outline' | 'history' | 'who' | ThreadAsk;

/** What those of the threads do. */
export type ThreadAsk = 'comment' | 'suggest' | 'next-thread' | 'previous-thread';

/** Something that can be done to the text: by the toolbar, by its key, and listed under "Keys". */
export interface Action {
  readonly id: ActionId;
  /** In ProseMirror's notation. */
  readonly key: string;
  readonly run: (target: ActionTarget) => boolean;
  /** Whether the selection has it. */
  readonly active?: (info: SelectionInfo) => boolean;
  /** Whether it can be done there; without it, always. */
  readonly possible?: (info: SelectionInfo) => boolean;
  /** Also for those who may not change the text. */
  readonly reading?: true;
  /** Only in the body. */
  readonly bodyOnly?: true;
}

/** What actions are done to: the text that one is in. */
export interface ActionTarget {
  run(command: Command): boolean;
  undo(): boolean;
  redo(): boolean;
  ask(what: Ask): boolean;
  addFootnote(): boolean;
}

const does = (command: Command) => (target: ActionTarget) => target.run(command);
const asks = (what: Ask) => (target: ActionTarget) => target.ask(what);
const bodyOnly = true;
const isHeading = (level: number) => (info: SelectionInfo) =>
  info.line?.kind === 'heading' && info.line.level === level;
const isList = (style: string) => (info: SelectionInfo) =>
  info.line?.kind === 'list' && info.line.style === style;

/** Every action there is: a test holds that each has its key, and that the help lists it. */
export const actions: readonly Action[] = [
  { id: 'undo', key: 'Mod-z', run: (target) => target.undo() },
  { id: 'redo', key: 'Shift-Mod-z', run: (target) => target.redo() },
  {
    id: 'paragraph',
    key: 'Mod-Alt-0',
    run: does(commands.setParagraph),
    active: (info) => info.line?.kind === 'paragraph',
    bodyOnly,
  },
  {
    id: 'heading',
    key: 'Mod-Alt-2',
    run: does(commands.toggleHeading(2)),
    active: isHeading(2),
    bodyOnly,
  },
  {
    id: 'subheading',
    key: 'Mod-Alt-3',
    run: does(commands.toggleHeading(3)),
    active: isHeading(3),
    bodyOnly,
  },
  {
    id: 'minorHeading',
    key: 'Mod-Alt-4',
    run: does(commands.toggleHeading(4)),
    active: isHeading(4),
    bodyOnly,
  },
  {
    id: 'thesis',
    key: 'Mod-Alt-t',
    run: does(commands.toggleThesis),
    active: (info) => info.line?.kind === 'thesis',
    bodyOnly,
  },
  {
    id: 'counterpoint',
    key: 'Mod-Alt-c',
    run: does(commands.toggleCounterpoint),
    active: (info) => info.line?.kind === 'counterpoint',
    bodyOnly,
  },
  {
    id: 'answer',
    key: 'Mod-Alt-a',
    run: does((state, dispatch) => {
      const thesis = thesisAt(state);
      return thesis !== undefined && commands.answerThesis(thesis)(state, dispatch);
    }),
    possible: (info) => info.line?.kind === 'thesis',
    bodyOnly,
  },
  {
    id: 'answers',
    key: 'Mod-Alt-r',
    run: asks('answers'),
    possible: (info) => info.line?.kind === 'counterpoint',
    bodyOnly,
  },
  {
    id: 'quote',
    key: 'Mod-Shift-9',
    run: does(commands.toggleQuote),
    active: (info) => info.line?.kind === 'quote',
    bodyOnly,
  },
  {
    id: 'bullet',
    key: 'Mod-Shift-8',
    run: does(commands.toggleList('bullet')),
    active: isList('bullet'),
    bodyOnly,
  },
  {
    id: 'ordered',
    key: 'Mod-Shift-7',
    run: does(commands.toggleList('ordered')),
    active: isList('ordered'),
    bodyOnly,
  },
  {
    id: 'indent',
    key: 'Mod-]',
    run: does(commands.indent),
    possible: (info) => info.canIndent,
    bodyOnly,
  },
  {
    id: 'outdent',
    key: 'Mod-[',
    run: does(commands.outdent),
    possible: (info) => info.canIndent,
    bodyOnly,
  },
  {
    id: 'codeBlock',
    key: 'Mod-Alt-e',
    run: does(commands.toggleCodeBlock),
    active: (info) => info.line?.kind === 'code',
    bodyOnly,
  },
  { id: 'bold', key: 'Mod-b', run: does(commands.toggleBold), active: (info) => info.bold },
  {
    id: 'italic',
    key: 'Mod-i',
    run: does(commands.toggleItalic),
    active: (info) => info.italic,
  },
  {
    id: 'strike',
    key: 'Mod-Shift-x',
    run: does(commands.toggleStrike),
    active: (info) => info.strike,
  },
  { id: 'code', key: 'Mod-e', run: does(commands.toggleCode), active: (info) => info.code },
  {
    id: 'link',
    key: 'Mod-k',
    run: asks('link'),
    active: (info) => info.link !== undefined,
    possible: (info) => info.canLink,
  },
  { id: 'footnote', key: 'Mod-Alt-f', run: (target) => target.addFootnote(), bodyOnly },
  { id: 'divider', key: 'Mod-Shift-Enter', run: does(commands.insertDivider), bodyOnly },
  { id: 'find', key: 'Mod-f', run: asks('find'), reading: true },
  { id: 'replace', key: 'Mod-Shift-h', run: asks('replace') },
  { id: 'outline', key: 'Mod-Alt-o', run: asks('outline'), reading: true },
  { id: 'comment', key: 'Mod-Alt-m', run: asks('comment'), reading: true },
  { id: 'suggest', key: 'Mod-Alt-s', run: asks('suggest'), reading: true },
  { id: 'nextThread', key: 'Mod-Alt-n', run: asks('next-thread'), reading: true },
  { id: 'previousThread', key: 'Mod-Alt-p', run: asks('previous-thread'), reading: true },
  { id: 'whoWrote', key: 'Mod-Alt-y', run: asks('who'), reading: true, bodyOnly },
  { id: 'history', key: 'Mod-Alt-v', run: asks('history'), reading: true },
  { id: 'toolbar', key: 'Alt-F10', run: focusToolbar, reading: true },
  { id: 'help', key: 'Mod-/', run: asks('help'), reading: true },
];

export function actionOf(id: ActionId): Action {
  const found = actions.find((action) => action.id === id);
  if (found === undefined) throw new Error(`There is no action "${id}"`);
  return found;
}

/** Where the toolbar's focus was last. */
function focusToolbar(): boolean {
  document.querySelector<HTMLElement>('[role="toolbar"] [tabindex="0"]')?.focus();
  return true;
}

function thesisAt(state: Parameters<Command>[0]): string | undefined {
  return state.selection.$from.parent.attrs['id'] as string | undefined;
}
