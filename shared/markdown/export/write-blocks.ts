import type { Line } from '../../document/blocks.ts';
import { normalDelta, sameValue } from '../../document/delta/delta.ts';
import { writeRawDelta } from '../raw-delta.ts';
import { breakOps, isDivider, spanOps, toParts } from './to-parts.ts';
import type { InlinePart } from './write-inline.ts';
import { writeRaw } from './write-raw.ts';
import { reads, seenOps, writeLine, type WriteContext } from './write-line.ts';

/** A line with what Markdown writes of it; `parts` are missing where Markdown has no form. */
interface WritableLine {
  line: Line;
  parts?: InlinePart[];
}

/**
 * Blocks of Markdown, to be set apart by blank lines. Each is read back before it is taken. One that
 * does not read back is written as its delta in the working profile; in the publish profile its
 * emphasis goes, never its words.
 */
export function writeBlocks(lines: readonly Line[], context: WriteContext): string[] {
  const blocks: string[] = [];
  let group: WritableLine[] = [];
  const flush = (): void => {
    if (group.length > 0) blocks.push(...writeGroup(group, context));
    group = [];
  };
  for (const line of lines) {
    const parts = toParts(line, context);
    const next = parts ? { line, parts } : { line };
    const last = group.at(-1);
    if (last && !belongsTo(last, next)) flush();
    group.push(next);
  }
  flush();
  return blocks;
}

function belongsTo(last: WritableLine, next: WritableLine): boolean {
  if (!last.parts || !next.parts) return !last.parts && !next.parts;
  const { kind } = last.line;
  if (kind !== next.line.kind || kind === 'paragraph' || kind === 'heading') return false;
  return kind === 'list' || sameValue(last.line.attributes, next.line.attributes);
}

function writeGroup(group: readonly WritableLine[], context: WriteContext): string[] {
  const wanted = group.flatMap(({ line }) => {
    const ops = spanOps(line);
    return [...(isSource(line) ? ops : seenOps(ops, context)), ...breakOps(line)];
  });
  const [first] = group;
  if (group.every(({ parts }) => parts) && first?.line.kind === 'raw') {
    const source = group.map(({ line }) => line);
    const markdown = writeRaw(source, first.line.format, wanted, context);
    if (markdown !== undefined) return [markdown];
  } else if (group.every(({ parts }) => parts)) {
    for (const wild of [false, true]) {
      const markdown = layOut(group, context, wild);
      if (markdown === undefined) continue;
      // A paragraph or a heading has been read back as a line already.
      const tried = first?.line.kind === 'paragraph' || first?.line.kind === 'heading';
      if (tried || reads(markdown, wanted, context)) return [markdown];
    }
  }
  if (context.lossless) return [writeRawDelta(normalDelta(wanted))];
  const markdown = layOut(group, context, true);
  return markdown === undefined ? [] : [markdown];
}

/** The Markdown of a group by its kind; undefined where one of its lines has none. */
function layOut(
  group: readonly WritableLine[],
  context: WriteContext,
  wild: boolean,
): string | undefined {
  const [first] = group;
  if (!first) return undefined;
  if (first.line.kind === 'code') return writeCode(group);
  if (isDivider(first.line)) return '***';
  const texts: string[] = [];
  for (const { line, parts } of group) {
    const lead = line.kind === 'heading' ? `${'#'.repeat(line.level)} ` : '';
    const text = writeLine(parts ?? [], context, { lead, wild });
    if (text === undefined) return undefined;
    texts.push(text);
  }
  switch (first.line.kind) {
    case 'quote':
      return texts.map((text) => `> ${text}`).join('\n>\n');
    case 'list':
      return writeList(group, texts);
    case 'thesis':
      return [`:::thesis{${writeId(first.line.id)}}`, texts.join('\n\n'), ':::'].join('\n');
    case 'counterpoint': {
      const { id, answers } = first.line;
      const names = answers === undefined ? writeId(id) : `${writeId(id)} ${writeAnswers(answers)}`;
      return [`:::counterpoint{${names}}`, texts.join('\n\n'), ':::'].join('\n');
    }
    case 'raw':
    case 'heading':
    case 'paragraph':
      return texts.join('\n\n');
  }
}

/** Whether spaces at the ends of a line are seen, and emphasis is none. */
function isSource({ kind }: Line): boolean {
  return kind === 'code' || kind === 'raw';
}

function writeCode(group: readonly WritableLine[]): string {
  const lines = group.map(({ parts }) =>
    (parts ?? []).map((part) => ('text' in part ? part.text : '')).join(''),
  );
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length),
  );
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines, fence].join('\n');
}

/** Items under each other. A level that is skipped becomes an item that holds a list only. */
function writeList(group: readonly WritableLine[], texts: readonly string[]): string {
  const open: { style: string; count: number; width: number }[] = [];
  return group
    .map(({ line }, i) => {
      if (line.kind !== 'list') return '';
      const depth = line.indent + 1;
      open.splice(depth);
      const same =
        open.length === depth && open.at(-1)?.style === line.style ? open.pop() : undefined;
      if (open.length === depth) open.pop();
      const indent = ' '.repeat(open.reduce((sum, level) => sum + level.width, 0));
      let signs = '';
      while (open.length < depth) {
        const count = open.length === depth - 1 ? (same?.count ?? 0) + 1 : 1;
        const sign = line.style === 'bullet' ? '- ' : `${count}. `;
        open.push({ style: line.style, count, width: sign.length });
        signs += sign;
      }
      return indent + signs + (texts[i] ?? '');
    })
    .join('\n');
}

function writeId(id: string): string {
  return simpleName.test(id) ? `#${id}` : `id=${quoteName(id)}`;
}

function writeAnswers(id: string): string {
  return `answers=${simpleName.test(id) ? id : quoteName(id)}`;
}

const simpleName = /^[A-Za-z0-9_-]+$/;

function quoteName(name: string): string {
  return `"${name.replace(/["&\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)}"`;
}
