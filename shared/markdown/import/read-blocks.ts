import type { Code, Heading, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import type { Attributes } from '../../document/schema.ts';
import type { LineSink } from './line-sink.ts';
import { rawDeltaInfo, rawFootnotesInfo, readRawDelta, readRawFootnotes } from '../raw-delta.ts';
import { rawFenceFormat } from '../raw-source.ts';
import {
  openingOf,
  readHeading,
  readHeld,
  readSource,
  type FlowContext,
  type Holder,
} from './read-held.ts';
import { maxDepth } from './read-inline.ts';
import { readList } from './read-list.ts';

/** Reads blocks that stand on their own. */
export function readFlow(
  nodes: readonly RootContent[],
  context: FlowContext,
  sink: LineSink,
  depth = 0,
): void {
  for (const node of nodes) {
    if (depth > maxDepth) readSource(node, 'nesting', context, sink, {});
    else if (node.type === 'heading') readSection(node, context, sink);
    else if (node.type === 'list') readList(node, context, sink);
    else if (node.type === 'code') readCode(node, context, sink);
    else if (node.type === 'containerDirective') readDirective(node, context, sink, depth);
    else if (node.type === 'blockquote') {
      const holder = { name: 'a quote', attributes: { blockquote: true } };
      readHeld(node.children, context, sink, holder, depth + 1);
    } else readHeld([node], context, sink, { name: 'the body', attributes: {}, own: true }, depth);
  }
}

function readSection(node: Heading, context: FlowContext, sink: LineSink): void {
  const level = Math.min(Math.max(node.depth, 2), 4);
  if (level !== node.depth) {
    const message = `A heading of level ${node.depth} becomes one of ${level}`;
    context.warn(node, 'heading level', message);
  }
  sink.line(readHeading(node, context), { header: level });
}

function readCode(node: Code, context: FlowContext, sink: LineSink): void {
  if (node.lang === rawDeltaInfo) {
    const delta = readRawDelta(node.value);
    if (delta) return sink.append(delta);
  } else if (node.lang === rawFootnotesInfo) {
    const footnotes = readRawFootnotes(node.value);
    if (footnotes) return footnotes.forEach(([id, delta]) => context.footnotes.set(id, delta));
  }
  const raw = rawFenceFormat(node.lang);
  if (raw !== undefined) return node.value.split('\n').forEach((line) => sink.text(line, { raw }));
  const info = [node.lang, node.meta].filter(Boolean).join(' ');
  if (info) {
    context.warn(node, 'code language', `The language of a code block ("${info}") is not kept`);
  }
  for (const text of node.value.split('\n')) sink.text(text, { 'code-block': true });
}

function readDirective(
  node: ContainerDirective,
  context: FlowContext,
  sink: LineSink,
  depth: number,
): void {
  if (isArgument(node)) return readArgument(node, context, sink, depth);
  context.warn(node, 'directive', `":::${node.name}" is not known and is kept as text`);
  sink.text(openingOf(node, context), {});
  readFlow(node.children, context, sink, depth + 1);
}

/**
 * A thesis or counterpoint. One that stands inside of another comes after it. A heading in one means
 * that its end was forgotten: what follows stands on its own.
 */
function readArgument(
  node: ArgumentNode,
  context: FlowContext,
  sink: LineSink,
  depth: number,
  outer?: string,
): void {
  const { attributes, id } = nameArgument(node, context, sink, outer);
  const end = node.children.findIndex((child) => child.type === 'heading');
  const own = end < 0 ? node.children : node.children.slice(0, end);
  const held = own.filter((child) => !isArgument(child));
  const behind: NonNullable<Holder['behind']> = [];
  const before = sink.ops.length;
  readHeld(held, context, sink, { name: `a ${node.name}`, attributes, behind }, depth + 1);
  if (sink.ops.length === before) sink.line([], attributes);
  for (const put of behind) put(sink);
  for (const child of own.filter(isArgument)) {
    context.warn(child, 'directive', 'This stands inside of another and is put behind it');
    if (depth > maxDepth) readSource(child, 'nesting', context, sink, {});
    else readArgument(child, context, sink, depth + 1, node.name === 'thesis' ? id : undefined);
  }
  if (end < 0) return;
  context.warn(node, 'directive', `This ${node.name} has no end before the next heading`);
  readFlow(node.children.slice(end), context, sink, depth + 1);
}

function nameArgument(
  node: ArgumentNode,
  context: FlowContext,
  sink: LineSink,
  outer: string | undefined,
): { id: string; attributes: Attributes } {
  const kind = node.name;
  const { id: givenId, answers: given, ...others } = node.attributes ?? {};
  if (Object.keys(others).length > 0) {
    context.warn(node, 'directive', `Not kept: ${openingOf(node, context)}`);
  }
  const id = givenId || context.newId();
  const answers = kind === 'counterpoint' ? given || outer : undefined;
  const named = answers !== undefined && { answers };
  const next = sink.ops.at(-1)?.attributes?.[kind] === id;
  context.argued.push({ kind, id, ...named, node, next });
  return { id, attributes: { ...named, [kind]: id } };
}

type ArgumentNode = ContainerDirective & { name: 'thesis' | 'counterpoint' };

function isArgument(node: RootContent): node is ArgumentNode {
  return (
    node.type === 'containerDirective' && (node.name === 'thesis' || node.name === 'counterpoint')
  );
}
