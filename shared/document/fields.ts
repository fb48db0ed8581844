import * as Y from 'yjs';
import { sharedTypes } from './schema.ts';

/** The texts of a document that people write in. */
export type Field = (typeof plainFields)[number] | `footnote:${string}`;

export const plainFields = ['body', 'title', 'standfirst'] as const;

const notePrefix = 'footnote:';

export function noteField(id: string): Field {
  return `${notePrefix}${id}`;
}

/** The id of a footnote; null: another field. */
export function noteOf(field: Field): string | null {
  return field.startsWith(notePrefix) ? field.slice(notePrefix.length) : null;
}

/** Whether a line break has a meaning in it. */
export function hasLines(field: Field): boolean {
  return field !== 'title' && field !== 'standfirst';
}

/** The texts of a document at one moment; do not keep it. */
export class DocumentFields {
  readonly #doc: Y.Doc;
  #marks: ReadonlyMap<string, number> | null = null;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Null: there is no such footnote. One that no mark stands for is none: nobody sees it. */
  text(field: Field): Y.Text | null {
    const note = noteOf(field);
    if (note === null) return this.#doc.getText(field);
    const text = this.#doc.getMap(sharedTypes.footnotes).get(note);
    return text instanceof Y.Text && this.marks.has(note) ? text : null;
  }

  /** All there are, the body first. */
  get all(): readonly Field[] {
    return [...plainFields, ...[...this.marks.keys()].map(noteField)].filter(
      (field) => this.text(field) !== null,
    );
  }

  /** The field whose text this is; null: none of this document. */
  of(text: unknown): Field | null {
    const plain = plainFields.find((field) => this.#doc.getText(field) === text);
    if (plain !== undefined) return plain;
    const note = [...this.marks.keys()].find((id) => this.text(noteField(id)) === text);
    return note === undefined ? null : noteField(note);
  }

  /** By the id of each footnote, the index in the body of its first mark. */
  get marks(): ReadonlyMap<string, number> {
    this.#marks ??= marksIn(this.#doc.getText(sharedTypes.body));
    return this.#marks;
  }
}

function marksIn(body: Y.Text): Map<string, number> {
  const marks = new Map<string, number>();
  let index = 0;
  for (let item = body._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const embed: unknown = item.content instanceof Y.ContentEmbed ? item.content.embed : null;
    const id = embed !== null && typeof embed === 'object' && 'footnote' in embed && embed.footnote;
    if (typeof id === 'string' && !marks.has(id)) marks.set(id, index);
    index += item.length;
  }
  return marks;
}
