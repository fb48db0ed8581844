import { Schema, type NodeSpec } from 'prosemirror-model';
import type { Attributes } from '../../../shared/document/index.ts';
import {
  lineAttributes,
  listAttributes,
  ownListAttributes,
  plainAttributes,
  read,
  readJson,
  readRaw,
  readRest,
  type ElementLike,
} from './parse-dom.ts';
import { marks } from './schema-marks.ts';

/*
 * The flat schema: a document is lines, and every line of the body is one textblock (S1). There are
 * no containers, so a quote of three paragraphs is three `quote` nodes, and no command can move text
 * into another parent. What the schema does not know rides along: `rest` holds the attributes of a
 * line break that its node type does not say, the mark `other` those of text, `unknownEmbed` an
 * embed. All marks go everywhere, for the body allows it and nothing may be dropped on reading.
 */

const noRest: Attributes = {};
const line = { group: 'line', content: 'inline*', marks: '_', defining: true } satisfies NodeSpec;
const rest = { default: noRest };

/** Elements that make lines of their own: around them, a wrapper is no line. */
const lineElements = 'p,div,ul,ol,li,h1,h2,h3,h4,h5,h6,pre,blockquote,table';

const nodes = {
  doc: { content: 'line+' },
  /** The document of a field of one line, such as a title; see `one-line.ts`. */
  oneLine: { content: 'paragraph' },
  paragraph: {
    ...line,
    attrs: { rest },
    parseDOM: [{ tag: 'p', getAttrs: (dom: ElementLike) => ({ rest: readRest(dom) }) }],
    toDOM: (node) => ['p', lineAttributes(node.attrs), 0],
  },
  heading: {
    ...line,
    attrs: { level: { default: 2, validate: 'number' }, rest },
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({
      tag: `h${level}`,
      // The title is the only level 1; pasted headings fit into the levels that the body has.
      getAttrs: (dom: ElementLike) => ({
        level: Math.min(4, Math.max(2, level)),
        rest: readRest(dom),
      }),
    })),
    toDOM: (node) => [`h${String(node.attrs['level'])}`, lineAttributes(node.attrs), 0],
  },
  thesis: {
    ...line,
    attrs: { id: { validate: 'string' }, rest },
    parseDOM: [
      {
        tag: 'p[data-thesis]',
        priority: 60,
        getAttrs: (dom: ElementLike) => ({ id: read(dom, 'data-thesis'), rest: readRest(dom) }),
      },
    ],
    toDOM: (node) => [
      'p',
      { class: 'thesis', 'data-thesis': node.attrs['id'] as string, ...lineAttributes(node.attrs) },
      0,
    ],
  },
  counterpoint: {
    ...line,
    attrs: {
      id: { validate: 'string' },
      answers: { default: null, validate: 'string|null' },
      rest,
    },
    parseDOM: [
      {
        tag: 'p[data-counterpoint]',
        priority: 60,
        getAttrs: (dom: ElementLike) => ({
          id: read(dom, 'data-counterpoint'),
          answers: read(dom, 'data-answers') || null,
          rest: readRest(dom),
        }),
      },
    ],
    toDOM: (node) => [
      'p',
      {
        class: 'counterpoint',
        'data-counterpoint': node.attrs['id'] as string,
        ...(node.attrs['answers'] !== null && { 'data-answers': node.attrs['answers'] as string }),
        ...lineAttributes(node.attrs),
      },
      0,
    ],
  },
  quote: {
    ...line,
    attrs: { rest },
    parseDOM: [
      { tag: 'blockquote p', priority: 55, getAttrs: plainAttributes },
      {
        tag: 'blockquote',
        getAttrs: (dom: ElementLike) =>
          dom.querySelector(lineElements) ? false : plainAttributes(dom),
      },
    ],
    toDOM: (node) => ['blockquote', lineAttributes(node.attrs), 0],
  },
  listItem: {
    ...line,
    attrs: {
      style: { default: 'bullet', validate: 'string' },
      indent: { default: 0, validate: 'number' },
      rest,
    },
    parseDOM: [
      { tag: 'p[data-list]', priority: 60, getAttrs: ownListAttributes },
      { tag: 'li p', priority: 55, getAttrs: listAttributes },
      {
        tag: 'li',
        getAttrs: (dom: ElementLike) =>
          dom.querySelector(':scope > p') ? false : listAttributes(dom),
      },
    ],
    toDOM: (node) => [
      'p',
      {
        'data-list': node.attrs['style'] as string,
        'data-indent': String(node.attrs['indent']),
        ...lineAttributes(node.attrs),
      },
      0,
    ],
  },
  codeLine: {
    ...line,
    code: true,
    attrs: { rest },
    parseDOM: [{ tag: 'pre', preserveWhitespace: 'full', getAttrs: plainAttributes }],
    toDOM: (node) => ['pre', lineAttributes(node.attrs, 'ltr'), ['code', 0]],
  },
  rawLine: {
    ...line,
    code: true,
    attrs: { format: { default: 'markdown', validate: 'string' }, rest },
    parseDOM: [
      {
        tag: 'pre[data-raw]',
        priority: 60,
        preserveWhitespace: 'full',
        getAttrs: (dom: ElementLike) => ({ format: readRaw(dom), rest: readRest(dom) }),
      },
    ],
    toDOM: (node) => [
      'pre',
      { 'data-raw': node.attrs['format'] as string, ...lineAttributes(node.attrs, 'ltr') },
      ['code', 0],
    ],
  },
  text: { group: 'inline' },
  footnote: {
    ...embed(),
    attrs: { id: { validate: 'string' }, extra: { default: noRest } },
    parseDOM: [
      {
        tag: 'sup[data-footnote]',
        getAttrs: (dom: ElementLike) => ({ id: read(dom, 'data-footnote') }),
      },
    ],
    toDOM: (node) => ['sup', { class: 'footnote', 'data-footnote': node.attrs['id'] as string }],
  },
  divider: {
    ...embed(),
    attrs: { extra: { default: noRest } },
    parseDOM: [{ tag: 'hr' }, { tag: 'span[data-divider]' }],
    toDOM: () => ['span', { class: 'divider', 'data-divider': '' }],
  },
  // No rule reads it: copied, it is the space that it is shown as.
  lineBreak: {
    ...embed(),
    leafText: () => ' ',
    toDOM: () => ['span', ' '],
  },
  unknownEmbed: {
    ...embed(),
    attrs: { value: {} },
    parseDOM: [
      {
        tag: 'span[data-embed]',
        getAttrs: (dom: ElementLike) => {
          const value = readJson(dom, 'data-embed');
          return value ? { value } : false;
        },
      },
    ],
    toDOM: (node) => [
      'span',
      { class: 'unknown-embed', 'data-embed': JSON.stringify(node.attrs['value']) },
    ],
  },
} satisfies Record<string, NodeSpec>;

export const schema = new Schema({ nodes, marks });

/** Never selected as a node: whatever is typed then would take its place. A caret stands beside it. */
function embed() {
  return { group: 'inline', inline: true, atom: true, marks: '', selectable: false } as const;
}
