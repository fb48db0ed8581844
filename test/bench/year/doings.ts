/**
 * What people do with a text besides typing: headings are turned to another level, or to a thesis, and
 * back, sections change places, long texts are pasted in and taken out again, words get marks, a section is
 * shortened, or brought back as it once was. Each is one edit, as an editor makes it.
 */
import type * as Y from 'yjs';
import type { DeltaOp } from '../../../shared/document/index.ts';
import type { Random } from '../../support/random.ts';
import { lengthOf, type Section, type Sections } from './sections.ts';

export interface Desk {
  readonly body: Y.Text;
  readonly sections: Sections;
  readonly random: Random;
  /** What was pasted and is to go again: where in the section, and how long. */
  readonly pastes: { section: Section; at: number; length: number }[];
  /** Sections as they once were. */
  readonly versions: { section: Section; text: string }[];
  readonly act: (work: () => void) => void;
  /** With a clientID of its own, as the server writes what is brought back. */
  readonly restoring: (work: () => void) => void;
}

/** A section that is longer is shortened when its time comes. */
const longSection = 20_000;
/** What is pasted, and stands for a while. */
const [shortestPaste, longestPaste] = [2_000, 12_000];
const mostPastes = 6;
const mostVersions = 40;

/** One of it, in a section; exactly one edit. */
export function doSomething(desk: Desk, section: Section): void {
  const { random, versions } = desk;
  if (desk.pastes.length >= mostPastes) takeOutPaste(desk);
  else if (section.body > longSection) shorten(desk, section);
  else {
    const chance = random.next();
    if (chance < 0.4) mark(desk, section);
    else if (chance < 0.65) turn(desk, random.pick(desk.sections.all));
    else if (chance < 0.8) moveSection(desk);
    else if (chance < 0.9) paste(desk, section);
    else if (versions.length > mostVersions / 2) bringBack(desk);
    else mark(desk, section);
  }
  if (versions.length < mostVersions) versions.push({ section, text: textOf(desk, section) });
}

/** Whole words, most of the time: who takes a mark to letters within one is rare. */
function mark(desk: Desk, section: Section): void {
  const { body, sections, random, act } = desk;
  const text = textOf(desk, section);
  const from = text.lastIndexOf(' ', random.int(section.body)) + 1;
  const end = text.indexOf(' ', from + 1 + random.int(40));
  const length = Math.min(80, end < 0 ? text.length - from : end - from);
  const at = sections.bodyOf(section) + from;
  const marks = [
    { bold: true },
    { italic: true },
    { link: 'https://example.org/' },
    { bold: null },
  ];
  // Where the same mark is there already Yjs writes nothing, and there would be no edit.
  act(() => {
    body.insert(at, 'a');
    body.format(at, length, random.pick(marks));
  });
  section.body += 1;
}

/** A heading to another level, or to a thesis; or back. */
function turn({ body, sections, random, act }: Desk, section: Section): void {
  const thesis = `t${random.int(1_000_000)}`;
  const all = [{ header: 2 }, { header: 3 }, { header: 4 }, { thesis }];
  const others = all.filter((one) => JSON.stringify(one) !== JSON.stringify(section.heading));
  const next = random.pick(others);
  const none = Object.fromEntries(Object.keys(section.heading).map((name) => [name, null]));
  act(() => body.format(sections.breakOf(section), 1, { ...none, ...next }));
  section.heading = next;
}

/** As the editor does: written in the new place, and deleted in the old. */
function moveSection({ body, sections, random, act }: Desk): void {
  const n = random.int(sections.all.length);
  const others = Array.from({ length: sections.all.length + 1 }, (_, i) => i);
  const before = random.pick(others.filter((i) => i !== n && i !== n + 1));
  const [from, length] = [sections.startOf(n), lengthOf(sections.all[n])];
  const at = sections.startOf(before);
  const moved = cut(body.toDelta() as DeltaOp[], from, from + length);
  act(() => {
    body.applyDelta([...(at > 0 ? [{ retain: at }] : []), ...moved]);
    body.delete(at <= from ? from + length : from, length);
  });
  sections.move(n, before);
}

/** What stands between two indexes. */
function cut(delta: readonly DeltaOp[], from: number, to: number): DeltaOp[] {
  let at = 0;
  return delta.flatMap((op) => {
    if (typeof op.insert !== 'string') throw new Error('nobody has written anything but text');
    const [start, end] = [Math.max(0, from - at), Math.max(0, to - at)];
    at += op.insert.length;
    const insert = op.insert.slice(start, end);
    return insert === '' ? [] : [{ ...op, insert }];
  });
}

function paste(desk: Desk, section: Section): void {
  const { body, sections, random, act } = desk;
  const length = shortestPaste + random.int(longestPaste - shortestPaste);
  const all = body.toJSON();
  const from = random.int(Math.max(1, all.length - length));
  // Turned round word by word: what somebody brings along stands nowhere here.
  const text = all
    .slice(from, from + length)
    .split(' ')
    .reverse()
    .join(' ');
  const at = random.int(section.body);
  act(() => body.insert(sections.bodyOf(section) + at, text));
  section.body += text.length;
  desk.pastes.push({ section, at, length: text.length });
}

/** The oldest, with what was written in it meanwhile. */
function takeOutPaste(desk: Desk): void {
  const oldest = desk.pastes.shift();
  if (oldest !== undefined) takeOut(desk, oldest.section, oldest.at, oldest.length);
}

function shorten(desk: Desk, section: Section): void {
  const length = Math.floor(section.body * (0.1 + 0.2 * desk.random.next()));
  takeOut(desk, section, desk.random.int(section.body - length), length);
}

/** One letter at least, which is put in where there is nothing to take out. */
function takeOut(desk: Desk, section: Section, at: number, length: number): void {
  const { body, sections, act } = desk;
  const most = Math.min(length, section.body - 1 - at);
  const start = sections.bodyOf(section);
  act(() => (most > 0 ? body.delete(start + at, most) : body.insert(start, 'e')));
  section.body += most > 0 ? -most : 1;
}

function textOf({ body, sections }: Desk, section: Section): string {
  const from = sections.bodyOf(section);
  return body.toJSON().slice(from, from + section.body - 1);
}

/** A section as it once was: what differs between its first and its last change. */
function bringBack(desk: Desk): void {
  const { body, sections, random, versions } = desk;
  const [version] = versions.splice(random.int(versions.length), 1);
  if (version === undefined) return;
  const { section, text } = version;
  const now = textOf(desk, section);
  let start = 0;
  while (start < Math.min(now.length, text.length) && now[start] === text[start]) start++;
  let end = 0;
  const most = Math.min(now.length, text.length) - start;
  while (end < most && now.at(-1 - end) === text.at(-1 - end)) end++;
  const inserted = text.slice(start, text.length - end);
  const deleted = now.length - end - start;
  const at = sections.bodyOf(section) + start;
  desk.restoring(() => {
    if (deleted > 0) body.delete(at, deleted);
    // Nothing has changed since: somebody leaves a word about it.
    body.insert(at, inserted === '' && deleted === 0 ? 'as it was ' : inserted);
  });
  section.body += text.length - now.length;
  if (inserted === '' && deleted === 0) section.body += 'as it was '.length;
}
