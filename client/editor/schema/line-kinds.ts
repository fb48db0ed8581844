import { Mark, type Attrs, type Node, type NodeType } from 'prosemirror-model';
import {
  blockAttributes,
  kindAttributes,
  readKind,
  sameValue,
  type Attributes,
  type HeadingLevel,
  type LineKind,
  type ListStyle,
  type RawFormat,
} from '../../../shared/document/index.ts';
import { schema } from './schema.ts';

/*
 * Attributes of the body ↔ ProseMirror's node types and marks. Both ways are exact: what a node type
 * or a mark does not say is kept in `rest` or in the mark `other`.
 */

/** A node's type and attributes, without its content. */
export interface Markup {
  type: NodeType;
  attrs: Attrs;
}

/** The markup of the line that a break with these attributes ends. */
export function lineMarkup(attributes: Attributes): Markup {
  const kind = readKind(attributes);
  return kindMarkup(kind, without(attributes, kindAttributes(kind)));
}

/** The markup of a line of this kind; `rest` are the attributes that the kind does not say. */
export function kindMarkup(kind: LineKind, rest: Attributes = {}): Markup {
  const { nodes } = schema;
  switch (kind.kind) {
    case 'paragraph':
      return { type: nodes.paragraph, attrs: { rest } };
    case 'heading':
      return { type: nodes.heading, attrs: { level: kind.level, rest } };
    case 'thesis':
      return { type: nodes.thesis, attrs: { id: kind.id, rest } };
    case 'counterpoint':
      return {
        type: nodes.counterpoint,
        attrs: { id: kind.id, answers: kind.answers ?? null, rest },
      };
    case 'quote':
      return { type: nodes.quote, attrs: { rest } };
    case 'list':
      return { type: nodes.listItem, attrs: { style: kind.style, indent: kind.indent, rest } };
    case 'code':
      return { type: nodes.codeLine, attrs: { rest } };
    case 'raw':
      return { type: nodes.rawLine, attrs: { format: kind.format, rest } };
  }
}

/** What a line of the editor is. */
export function lineKind(line: Node): LineKind {
  const { attrs } = line;
  switch (line.type) {
    case schema.nodes.heading:
      return { kind: 'heading', level: attrs['level'] as HeadingLevel };
    case schema.nodes.thesis:
      return { kind: 'thesis', id: attrs['id'] as string };
    case schema.nodes.counterpoint: {
      const answers = attrs['answers'] as string | null;
      return {
        kind: 'counterpoint',
        id: attrs['id'] as string,
        ...(answers !== null && { answers }),
      };
    }
    case schema.nodes.quote:
      return { kind: 'quote' };
    case schema.nodes.listItem:
      return {
        kind: 'list',
        style: attrs['style'] as ListStyle,
        indent: attrs['indent'] as number,
      };
    case schema.nodes.codeLine:
      return { kind: 'code' };
    case schema.nodes.rawLine:
      return { kind: 'raw', format: attrs['format'] as RawFormat };
    default:
      return { kind: 'paragraph' };
  }
}

/** All attributes of the break that ends this line. */
export function lineAttributes(line: Node): Attributes {
  return { ...kindAttributes(lineKind(line)), ...(line.attrs['rest'] as Attributes) };
}

/** Attributes that no version of the schema knows: they stay when a line becomes another kind. */
export function unknownAttributes(line: Node): Attributes {
  const known: readonly string[] = blockAttributes;
  const entries = Object.entries(line.attrs['rest'] as Attributes);
  return Object.fromEntries(entries.filter(([name]) => !known.includes(name)));
}

/** Whether two lines have the same type and attributes, whatever they hold. */
export function sameMarkup(line: Node, markup: Markup): boolean {
  return line.hasMarkup(markup.type, markup.attrs);
}

/** The marks of text with these attributes, in the schema's order. */
export function inlineMarks(attributes: Attributes): readonly Mark[] {
  const { marks } = schema;
  const found: Mark[] = [];
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'bold' && value === true) found.push(marks.bold.create());
    else if (name === 'italic' && value === true) found.push(marks.italic.create());
    else if (name === 'strike' && value === true) found.push(marks.strike.create());
    else if (name === 'code' && value === true) found.push(marks.code.create());
    else if (name === 'link' && typeof value === 'string') {
      found.push(marks.link.create({ href: value }));
    } else define(rest, name, value);
  }
  if (Object.keys(rest).length > 0) found.push(marks.other.create({ attributes: rest }));
  return found.length > 0 ? Mark.setFrom(found) : Mark.none;
}

/** The attributes of text with these marks. */
export function inlineAttributes(marks: readonly Mark[]): Attributes {
  let attributes: Record<string, unknown> = {};
  for (const mark of marks) {
    if (mark.type === schema.marks.link) attributes['link'] = mark.attrs['href'];
    else if (mark.type === schema.marks.other) {
      attributes = { ...attributes, ...(mark.attrs['attributes'] as Attributes) };
    } else attributes[mark.type.name] = true;
  }
  return attributes;
}

/** The node of an embed, from its raw value. */
export function embedNode(value: object, marks: readonly Mark[]): Node {
  const { footnote, ...noteExtra } = value as { footnote?: unknown };
  if (typeof footnote === 'string' && footnote !== '') {
    return schema.nodes.footnote.create({ id: footnote, extra: noteExtra }, null, marks);
  }
  const { divider, ...dividerExtra } = value as { divider?: unknown };
  if (divider === true) return schema.nodes.divider.create({ extra: dividerExtra }, null, marks);
  return schema.nodes.unknownEmbed.create({ value }, null, marks);
}

/** The raw value of a node that is no text: an embed's, or a line break within a field of one line. */
export function embedValue(node: Node): object | '\n' {
  if (node.type === schema.nodes.lineBreak) return '\n';
  if (node.type === schema.nodes.footnote) {
    return { footnote: node.attrs['id'] as string, ...(node.attrs['extra'] as object) };
  }
  if (node.type === schema.nodes.divider) {
    return { divider: true, ...(node.attrs['extra'] as object) };
  }
  return node.attrs['value'] as object;
}

/** `all` without what `said` says in the same words. */
function without(all: Attributes, said: Attributes): Attributes {
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(all)) {
    if (!sameValue(said[name], value)) define(rest, name, value);
  }
  return rest;
}

/** Assigning to `__proto__`, which a client may have written, would set no property. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
