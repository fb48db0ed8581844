import { normalDelta, type DeltaOp } from '../../../../../shared/document/index.ts';
import { noCounts, type ListCounts } from '../../../../../shared/document/render/list-numbers.ts';
import { withSafeLink, type Clip, type Notes } from '../../../../editor/clipboard/clip.ts';
import { clipHtml, clipInnerHtml, clipVersion } from '../../../../editor/clipboard/clip-html.ts';

/** An id longer than this was made by no editor. */
const maxId = 200;

/**
 * The copy that HTML carries, where it comes from an editor of ours and is still as it was copied.
 * What was changed on its way (pasted elsewhere, edited and copied again) shows other words than it
 * carries, and so does what a web page made up: only what is seen is pasted, so that is nobody's copy.
 */
export function readClip(html: string): Clip | undefined {
  const root = parse(html).body.firstElementChild;
  if (root?.getAttribute('data-counterpoint') !== clipVersion) return undefined;
  const clip = toClip(parseJson(root.getAttribute('data-clip') ?? ''));
  if (!clip || root.innerHTML !== asPasted(clip)) return undefined;
  return { ...clip, body: clip.body.map(withSafeLink), notes: mapNotes(clip.notes, withSafeLink) };
}

/** HTML without what makes it one of our copies. */
export function withoutClip(html: string): string {
  if (!html.includes('data-clip')) return html;
  const { body } = parse(html);
  for (const element of body.querySelectorAll('[data-clip]')) {
    for (const name of ['data-clip', 'data-counterpoint', 'data-pm-slice']) {
      element.removeAttribute(name);
    }
  }
  return body.innerHTML;
}

/** What the element of a copy holds when it has been written, copied and read. */
function asPasted(clip: Clip): string | undefined {
  const once = parse(clipHtml(clip)).body.innerHTML;
  const { firstElementChild: root } = parse(once).body;
  return clipInnerHtml(clip) === '' ? undefined : root?.innerHTML;
}

function parse(html: string): Document {
  return new DOMParser().parseFromString(html, 'text/html');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not written by us: the caller takes the HTML for somebody else's.
    return undefined;
  }
}

function toClip(value: unknown): Clip | undefined {
  if (!isRecord(value) || !Array.isArray(value['body'])) return undefined;
  const { openStart, openEnd, piece } = value;
  if (!isOpen(openStart) || !isOpen(openEnd) || typeof piece !== 'string') return undefined;
  const body = normalDelta(value['body']);
  const notes = toNotes(value['notes']);
  const counts = value['counts'] === undefined ? undefined : toCounts(value['counts']);
  if (!notes || ![body, ...Object.values(notes)].every(hasGoodIds)) return undefined;
  return { body, openStart, openEnd, notes, piece, ...(counts && { counts }) };
}

function toNotes(value: unknown): Notes | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  if (!entries.every(([id, delta]) => isId(id) && Array.isArray(delta))) return undefined;
  return Object.fromEntries(entries.map(([id, delta]) => [id, normalDelta(delta as unknown[])]));
}

function toCounts(value: unknown): ListCounts | undefined {
  if (!Array.isArray(value) || value.length !== noCounts.length) return undefined;
  const counts = value as unknown[];
  return counts.every((count) => Number.isSafeInteger(count) && (count as number) >= 0)
    ? (counts as number[])
    : undefined;
}

/** Whether the names of theses, counterpoints and notes could have been made by an editor. */
function hasGoodIds(delta: readonly DeltaOp[]): boolean {
  return delta.every(({ insert, attributes = {} }) => {
    const { thesis, counterpoint, answers } = attributes;
    const { footnote } = typeof insert === 'string' ? {} : (insert as { footnote?: unknown });
    return [thesis, counterpoint, answers, footnote].every(
      (id) => typeof id !== 'string' || isId(id),
    );
  });
}

function isId(id: string): boolean {
  return id.length <= maxId && !/\p{Cc}/u.test(id);
}

function isOpen(value: unknown): value is 0 | 1 {
  return value === 0 || value === 1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapNotes(notes: Notes, change: (op: DeltaOp) => DeltaOp): Notes {
  return Object.fromEntries(Object.entries(notes).map(([id, delta]) => [id, delta.map(change)]));
}
