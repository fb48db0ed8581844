import type * as Y from 'yjs';
import { anchorAt, FieldText, offsetsOf, select, typeAt } from '../../../shared/anchors/index.ts';
import type { Anchor, Edge, Stretch } from '../../../shared/anchors/index.ts';
import { DocumentFields, noteOf, type Field } from '../../../shared/document/fields.ts';
import { longestPassage, type AnchorInput } from '../../../shared/api/threads.ts';
import { Problem, type ErrorCode } from '../../errors.ts';

export interface MadeAnchor {
  readonly field: Field;
  readonly anchor: Anchor;
}

/**
 * The anchor that a request asks for, in a document as it is now. `points`: whether a place without text
 * will do, for something to be inserted. Throws the problems `anchor_*`.
 */
export function makeAnchor(doc: Y.Doc, input: AnchorInput, points: boolean): MadeAnchor {
  const fields = new DocumentFields(doc);
  const found = 'start' in input ? byPositions(doc, fields, input) : byQuote(fields, input);
  const { field, view, at } = found;
  const text = view.text.slice(at.from, at.to);
  const path = 'start' in input ? 'body.anchor' : 'body.anchor.quote';
  if (text === '' && !points) {
    throw refusal('anchor_empty', path, 'Comment on some text: there is none at this place.');
  }
  if (text.length > longestPassage) {
    const detail = `Choose a passage of at most ${longestPassage} characters.`;
    throw refusal('anchor_too_long', path, detail);
  }
  return { field, anchor: anchorAt(view, at) };
}

interface Found {
  readonly field: Field;
  readonly view: FieldText;
  readonly at: Stretch;
}

type Positions = Extract<AnchorInput, { readonly start: string }>;
type Quote = Extract<AnchorInput, { readonly quote: string }>;

function byPositions(doc: Y.Doc, fields: DocumentFields, input: Positions): Found {
  const positions = [input.start, input.end].map((text) => Buffer.from(text, 'base64'));
  const [start] = positions;
  const field = input.field ?? (start && fields.of(typeAt(doc, start))) ?? 'body';
  const view = new FieldText(textOf(fields, field), positions);
  const [first, last] = view.edges;
  const from = edgeOf(first, 'start').index;
  const to = edgeOf(last, 'end').index;
  if (from > to) {
    throw refusal(
      'anchor_unreadable',
      'body.anchor',
      'The end is before the start: it must be behind it.',
    );
  }
  const at = offsetsOf(view, { from, to });
  if (at.from === at.to && from < to) {
    const detail = 'There is no text at this place, only a footnote mark or a divider.';
    throw refusal('anchor_empty', 'body.anchor', detail);
  }
  return { field, view, at };
}

function edgeOf(edge: Edge | null | undefined, name: string): Edge {
  if (edge) return edge;
  throw refusal(
    'anchor_unreadable',
    `body.anchor.${name}`,
    'It is no Yjs relative position in this text of the piece. If the text is new, send it first and try again.',
  );
}

function byQuote(fields: DocumentFields, { field, ...selector }: Quote): Found {
  const view = new FieldText(textOf(fields, field));
  const [at, ...others] = select(view, selector);
  const path = 'body.anchor.quote';
  if (at === undefined) {
    const detail = `The ${nameOf(field)} of the piece does not have this quote. Take it from the piece as it is now; prefix and suffix must be what stands right beside it.`;
    throw refusal('anchor_not_found', path, detail);
  }
  if (others.length > 0) {
    const detail = `The ${nameOf(field)} of the piece has this quote ${others.length + 1} times. Say which by a prefix or suffix, or a longer quote.`;
    throw refusal('anchor_ambiguous', path, detail);
  }
  return { field, view, at };
}

function textOf(fields: DocumentFields, field: Field): Y.Text {
  const text = fields.text(field);
  if (text !== null) return text;
  const detail = 'The piece has no such footnote, or no mark that leads to it.';
  throw refusal('anchor_not_found', 'body.anchor.field', detail);
}

function nameOf(field: Field): string {
  if (field === 'body') return 'text';
  return noteOf(field) === null ? field : 'footnote';
}

function refusal(code: ErrorCode, path: string, detail: string): Problem {
  return new Problem(code, detail, { errors: [{ path, message: detail }] });
}
