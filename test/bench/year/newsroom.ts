/**
 * A piece as a newsroom writes it over a year: forty people in sessions of some hours, a few of them at the
 * same time in sections of their own, with a clientID for each session. They type as the recorded author
 * does, and every so often do something with the text as a whole (doings.ts). The same seed gives the same year.
 */
import * as Y from 'yjs';
import type { Bound, JournalEntry } from '../../../server/collab/ports.ts';
import { seeded, type Random } from '../../support/random.ts';
import { historyOf, type Edit } from '../open/history.ts';
import { doSomething, type Desk } from './doings.ts';
import { Sections, type Section } from './sections.ts';

export type NewRow = Pick<JournalEntry, 'author' | 'at' | 'update' | 'bound'>;

const seed = 20_251_202;
/** Of the recording: as many as it has, so that each session finds its own place in it. */
const recorded = 137_993;
const begun = Date.parse('2025-01-02T08:00:00Z');
/** Edits of one session, on average; and how many sessions are under way at any time. */
const sessionEdits = 4_000;
const atOnce = 4;
/** Edits that a person makes before it is another's turn. */
const burst = 40;
/** Edits between two doings of one person. */
const doingEvery = 500;
const firstSections = 12;
/** Sessions for each further section. */
const sessionsPerSection = 6;
/** Ms: between two keystrokes, before a burst, and after a session, so that 2,080,000 edits make a year. */
const [gapMs, pauseMs] = [180, 9_000];
const awayMs = (365 * 24 * 3_600_000) / (2_080_000 / sessionEdits);

interface Session {
  readonly person: string;
  readonly clientId: number;
  section: Section;
  /** From the beginning of what is below the section's heading. */
  caret: number;
  /** The next edit of the recording, and where the last one ended there. */
  next: number;
  recordedCaret: number;
  left: number;
  untilDoing: number;
}

export class Newsroom {
  readonly doc = new Y.Doc();
  readonly sections = new Sections();
  readonly source: string;
  /** Edits so far, and sessions begun. */
  edits = 0;
  begunSessions = 0;
  readonly #random: Random = seeded(seed);
  readonly #people: readonly string[];
  readonly #recording: readonly Edit[];
  readonly #body = this.doc.getText('body');
  readonly #sessions: Session[] = [];
  readonly #desk: Desk;
  #rows: NewRow[] = [];
  /** ClientIDs that the next row is the first of. */
  #bound: Bound[] = [];
  #author: string;
  #at = begun;

  /** `first`: what the piece was made with; `people`: user ids. */
  constructor(first: Uint8Array, people: readonly string[]) {
    Y.applyUpdate(this.doc, first);
    const { edits, source } = historyOf(recorded);
    this.source = source;
    this.#recording = edits;
    this.#people = people;
    this.#author = this.#random.pick(people);
    this.doc.on('update', (update: Uint8Array) => this.#note(update));
    this.#desk = {
      body: this.#body,
      sections: this.sections,
      random: this.#random,
      ...{ pastes: [], versions: [] },
      act: (work) => this.doc.transact(work),
      restoring: (work) => {
        this.#newClient();
        this.doc.transact(work);
      },
    };
  }

  get text(): string {
    return this.#body.toJSON();
  }

  /** When the last edit was. */
  get now(): number {
    return this.#at;
  }

  get people(): readonly string[] {
    return this.#people;
  }

  /** The next edits, a row for each. */
  write(count: number): NewRow[] {
    this.#rows = [];
    while (this.#rows.length < count) {
      if (this.#sessions.length < atOnce) {
        this.#sessions.push(this.#begin());
        continue;
      }
      const session = this.#random.pick(this.#sessions);
      this.#author = session.person;
      this.#at += this.#random.int(2 * pauseMs);
      const most = Math.min(count - this.#rows.length, 1 + this.#random.int(2 * burst));
      this.#work(session, most);
      if (session.left > 0) continue;
      this.#sessions.splice(this.#sessions.indexOf(session), 1);
      this.#at += this.#random.int(2 * awayMs);
    }
    this.edits += count;
    return this.#rows.splice(0);
  }

  #work(session: Session, most: number): void {
    const until = this.#rows.length + most;
    while (this.#rows.length < until) {
      this.doc.clientID = session.clientId;
      if (--session.untilDoing > 0) this.#type(session);
      else {
        session.untilDoing = 1 + this.#random.int(2 * doingEvery);
        doSomething(this.#desk, session.section);
      }
      session.left--;
    }
  }

  #begin(): Session {
    const wanted = firstSections + Math.floor(this.begunSessions / sessionsPerSection);
    this.begunSessions++;
    const person = this.#random.pick(this.#people);
    this.#author = person;
    const clientId = this.#newClient();
    const section = this.sections.all.length < wanted ? this.#addSection() : this.#freeSection();
    const next = this.#random.int(this.#recording.length);
    return {
      ...{ person, clientId, section, next, caret: this.#random.int(section.body) },
      recordedCaret: this.#recording[next]?.at ?? 0,
      left: sessionEdits / 2 + this.#random.int(sessionEdits),
      untilDoing: this.#random.int(2 * doingEvery),
    };
  }

  /** One that nobody writes in now, where there is one. */
  #freeSection(): Section {
    const taken = new Set(this.#sessions.map(({ section }) => section));
    const free = this.sections.all.filter((section) => !taken.has(section));
    return this.#random.pick(free.length > 0 ? free : this.sections.all);
  }

  #addSection(): Section {
    const title = `What section ${this.sections.all.length + 1} says`;
    const section: Section = { title, body: 1, heading: { header: 2 } };
    const n = this.#random.int(this.sections.all.length + 1);
    const at = this.sections.startOf(n);
    this.doc.transact(() => {
      this.#body.insert(at, title, {});
      this.#body.insert(at + title.length, '\n', section.heading);
      this.#body.insert(at + title.length + 1, '\n', {});
    });
    this.sections.add(n, section);
    return section;
  }

  /** The next edit of the recording, as far from the caret as it was from the author's there. */
  #type(session: Session): void {
    const { section, next } = session;
    const edit = this.#recording[next % this.#recording.length];
    if (edit === undefined) throw new Error('the recording is empty');
    const wanted = session.caret + edit.at - session.recordedCaret;
    // Nothing but what is before the last line break of its section is touched.
    const caret = ((wanted % section.body) + section.body) % section.body;
    const deleted = Math.min(edit.deleted, section.body - 1 - caret);
    const inserted = edit.inserted === '' && deleted === 0 ? 'e' : edit.inserted;
    const at = this.sections.bodyOf(section) + caret;
    this.#findFast();
    this.doc.transact(() => {
      if (deleted > 0) this.#body.delete(at, deleted);
      if (inserted !== '') this.#body.insert(at, inserted);
    });
    section.body += inserted.length - deleted;
    session.caret = caret + inserted.length;
    session.recordedCaret = edit.at + edit.inserted.length;
    session.next = next + 1;
  }

  /**
   * Yjs gives up its marks of places in a text as soon as that has a format, and looks for each index from
   * the beginning: two million times that would be days. Letters that are typed are found by marks all the
   * same, and get the look of what stands around them.
   */
  #findFast(): void {
    (this.#body as unknown as { _searchMarker: unknown[] | null })._searchMarker ??= [];
  }

  /** A clientID that nobody has had, bound to whoever writes now by the next row. */
  #newClient(): number {
    const clientId = 1 + this.#random.int(2 ** 31);
    this.doc.clientID = clientId;
    this.#bound.push({ clientId, userId: this.#author });
    return clientId;
  }

  #note(update: Uint8Array): void {
    this.#at += gapMs;
    const bound = this.#bound.splice(0);
    this.#rows.push({ author: this.#author, at: new Date(this.#at), update, bound });
  }
}
