import * as Y from 'yjs';
import { sharedTypes } from '../../../shared/document/schema.ts';
import type { Moment } from '../moments.ts';
import type { Range } from '../parts.ts';

/** Of rows: before the first that is looked at; after the last. */
export const before = -1;
export const never = 0x7fffffff;

/** Neighbouring letters of one client: clocks `clock` to `end` stand at `position` and on. */
interface Segment {
  readonly client: number;
  readonly clock: number;
  readonly end: number;
  readonly position: number;
}

/** Neighbouring letters of one client: positions `from` to `to`, the first with `clock`. */
interface Placed {
  readonly from: number;
  readonly to: number;
  readonly clock: number;
}

/** A text of the document: positions `from` to `to`. */
export interface Field {
  readonly type: Y.Text;
  readonly from: number;
  readonly to: number;
}

/**
 * All letters (UTF-16 units and embeds) that there ever were in a document's texts, in the order of
 * the text, which never changes: a position of one is for ever. A position is left free behind each
 * text. `doc` has to keep what is deleted (`gc: false`). Rows are indexes into `moments`.
 */
export class Letters {
  /** What a letter is: equal where the letters are. */
  readonly code: Uint16Array;
  /** The row that brought a letter; `before`: it was there already. */
  readonly birth: Int32Array;
  /** The row that took it away; `never`; `before`: it had gone already. */
  readonly death: Int32Array;
  readonly fields: readonly Field[];
  /** Where embeds are, such as marks of footnotes. */
  readonly embeds = new Set<number>();
  readonly #byClient = new Map<number, Segment[]>();
  readonly #byPosition: Segment[] = [];
  #lastFound: Segment | undefined;

  constructor(doc: Y.Doc, moments: readonly Moment[]) {
    const texts = textsOf(doc);
    const count = texts.reduce((sum, type) => sum + lettersIn(type) + 1, 0);
    this.code = new Uint16Array(count);
    this.birth = new Int32Array(count).fill(before);
    this.death = new Int32Array(count).fill(never);
    let position = 0;
    this.fields = texts.map((type) => {
      const from = position;
      position = this.#read(type, from);
      return { type, from, to: position++ };
    });
    for (const list of this.#byClient.values()) list.sort((a, b) => a.clock - b.clock);
    this.#date(moments);
  }

  get count(): number {
    return this.code.length;
  }

  /** The position of a letter; -1: that id is none. */
  at(client: number, clock: number): number {
    const list = this.#byClient.get(client);
    const segment = list?.[indexAt(list, ({ end }) => end > clock)];
    return segment === undefined || segment.clock > clock
      ? -1
      : segment.position + clock - segment.clock;
  }

  /** With which clientID a letter was written; -1: there is none. */
  clientAt(position: number): number {
    return this.#segmentAt(position)?.client ?? -1;
  }

  /** Where the letters of a range are, as stretches of positions, by clock: `clock` is that of the first. */
  within({ client, clock, len }: Range): Placed[] {
    const list = this.#byClient.get(client) ?? [];
    const found: Placed[] = [];
    for (let i = indexAt(list, ({ end }) => end > clock); i < list.length; i++) {
      const segment = list[i];
      if (segment === undefined || segment.clock >= clock + len) break;
      const first = Math.max(segment.clock, clock);
      const from = first - segment.clock + segment.position;
      const to = Math.min(segment.end, clock + len) - segment.clock + segment.position;
      found.push({ from, to, clock: first });
    }
    return found;
  }

  #segmentAt(position: number): Segment | undefined {
    const ends = (segment: Segment) => segment.position + segment.end - segment.clock;
    // Nearly always it is asked about neighbours.
    const last = this.#lastFound;
    if (last !== undefined && last.position <= position && ends(last) > position) return last;
    const list = this.#byPosition;
    this.#lastFound = list[indexAt(list, (segment) => ends(segment) > position)];
    return this.#lastFound;
  }

  #read(type: Y.Text, from: number): number {
    let position = from;
    for (let item = type._start; item !== null; item = item.right) {
      if (!item.countable) continue;
      const { client, clock } = item.id;
      const list = this.#byClient.get(client) ?? [];
      if (list.length === 0) this.#byClient.set(client, list);
      const segment = { client, clock, end: clock + item.length, position };
      list.push(segment);
      this.#byPosition.push(segment);
      // Without a row that took it away: before the first, or together with its text.
      if (item.deleted) this.death.fill(before, position, position + item.length);
      const { content } = item;
      if (content instanceof Y.ContentString) {
        const { str } = content;
        for (let i = 0; i < str.length; i++) this.code[position++] = codeOf(str, i);
        continue;
      }
      this.embeds.add(position);
      for (let i = 0; i < item.length; i++) this.code[position++] = embedCode(content);
    }
    return position;
  }

  #date(moments: readonly Moment[]): void {
    moments.forEach(({ edits }, row) => {
      for (const range of edits) {
        for (const { from, to } of this.within(range)) {
          for (let i = from; i < to; i++) if (this.birth[i] === before) this.birth[i] = row;
        }
      }
    });
    moments.forEach(({ deleted }, row) => {
      for (const range of deleted) {
        for (const { from, to } of this.within(range)) {
          for (let i = from; i < to; i++) {
            // A deletion may be journalled before what it deletes.
            if (this.death[i] === before) this.death[i] = Math.max(row, this.birth[i] ?? row);
          }
        }
      }
    });
  }
}

/** The texts of a document: the fixed ones, then what is or was in a map of texts. */
function textsOf(doc: Y.Doc): Y.Text[] {
  const texts = [sharedTypes.body, sharedTypes.title, sharedTypes.standfirst].map((name) =>
    doc.getText(name),
  );
  const notes: Y.Item[] = [];
  for (const item of doc.getMap(sharedTypes.footnotes)._map.values()) {
    for (let old: Y.Item | null = item; old !== null; old = old.left) notes.push(old);
  }
  // A map's own order is that in which its entries came, which packing changes.
  notes.sort((a, b) => a.id.client - b.id.client || a.id.clock - b.id.clock);
  for (const { content } of notes) {
    if (content instanceof Y.ContentType && content.type instanceof Y.Text) {
      texts.push(content.type);
    }
  }
  return texts;
}

function lettersIn(type: Y.Text): number {
  let count = 0;
  for (let item = type._start; item !== null; item = item.right) {
    if (item.countable) count += item.length;
  }
  return count;
}

const space = 0x20;
const noBreakSpace = 0xa0;

/** Browsers turn spaces into no-break spaces where text is dragged, and back. */
function codeOf(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code === noBreakSpace ? space : code;
}

/** A number for what an embed is, in the private use area: two that differ hardly ever share one. */
function embedCode(content: Y.Item['content']): number {
  const said = content instanceof Y.ContentEmbed ? JSON.stringify(content.embed) : 'type';
  let hash = 0;
  for (let i = 0; i < said.length; i++) hash = (Math.imul(hash, 31) + said.charCodeAt(i)) | 0;
  return 0xe000 + ((hash >>> 0) % 0x1800);
}

/** The index of the first segment that `isBeyond` says is; all behind it are too. */
function indexAt(list: readonly Segment[] = [], isBeyond: (segment: Segment) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const segment = list[middle];
    if (segment !== undefined && !isBeyond(segment)) low = middle + 1;
    else high = middle;
  }
  return low;
}
