import type { Node } from 'prosemirror-model';
import type { EditorState, Transaction } from 'prosemirror-state';
import type { LineKind } from '../../../shared/document/index.ts';
import { thesisBefore } from '../commands/argument.ts';
import { freshId } from '../fresh-id.ts';
import { lineKind } from '../schema/line-kinds.ts';
import { setLineKind } from '../commands/lines.ts';
import { schema } from '../schema/schema.ts';

/*
 * At the start of a paragraph, ended by a space:
 *   `#` `##` heading 2, `###` heading 3, `####` heading 4 · `>` quote · `-` `*` bullets ·
 *   `1.` `1)` numbers · "```" code · `:t` thesis · `:c` counterpoint to the nearest thesis above
 * In a line that is something already they are signs: a heading or a thesis is not lost to a dash.
 */

/** What the signs at the start of a line make of it; undefined where they are words, such as a date. */
type Rule = (signs: string, doc: Node, number: number) => LineKind | undefined;

const rules: readonly (readonly [RegExp, Rule])[] = [
  [/^#{1,4}$/, heading],
  [/^>$/, () => ({ kind: 'quote' })],
  [/^[-*]$/, () => ({ kind: 'list', style: 'bullet', indent: 0 })],
  [/^\d{1,3}[.)]$/, numbered],
  [/^```$/, () => ({ kind: 'code' })],
  [/^:t$/, () => ({ kind: 'thesis', id: freshId() })],
  [/^:c$/, counterpoint],
];

/** The edit that a space just typed asks for; `from`: where what was typed here begins. */
export function lineRule(state: EditorState, from: number): Transaction | undefined {
  const { $from } = state.selection;
  if ($from.parent.type !== schema.nodes.paragraph || from > $from.start()) return undefined;
  if ($from.parentOffset > 5) return undefined;
  const typed = $from.parent.textBetween(0, $from.parentOffset, undefined, '\uFFFC');
  if (!typed.endsWith(' ')) return undefined;
  const signs = typed.slice(0, -1);
  const [, rule] = rules.find(([pattern]) => pattern.test(signs)) ?? [];
  const kind = rule?.(signs, state.doc, $from.index(0));
  if (kind === undefined) return undefined;
  const tr = state.tr.delete($from.start(), $from.pos);
  setLineKind(tr, $from.before(), kind);
  return tr;
}

function heading({ length }: string): LineKind {
  if (length === 4) return { kind: 'heading', level: 4 };
  return { kind: 'heading', level: length === 3 ? 3 : 2 };
}

/**
 * A list counts from 1, so only the number that the line will show begins an item: "12. Mai" stays. Of
 * "1. Mai 2024" nothing is known yet when the rule acts. It begins a list as in Word and Google Docs, and
 * one Ctrl+Z or Backspace gives "1. " back; to turn a list into words again once a month follows would
 * change what somebody has seen and gone on from.
 */
function numbered(signs: string, doc: Node, number: number): LineKind | undefined {
  let above = 0;
  for (let at = number - 1; at >= 0; at--) {
    const kind = lineKind(doc.child(at));
    if (kind.kind !== 'list' || (kind.indent === 0 && kind.style !== 'ordered')) break;
    if (kind.indent === 0) above += 1;
  }
  if (signs.slice(0, -1) !== String(above + 1)) return undefined;
  return { kind: 'list', style: 'ordered', indent: 0 };
}

function counterpoint(_signs: string, doc: Node, number: number): LineKind {
  const answers = thesisBefore(doc, number);
  return { kind: 'counterpoint', id: freshId(), ...(answers !== undefined && { answers }) };
}
