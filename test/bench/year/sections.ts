/** Where the sections of a body are, counted along while it is written: looking for them would read all of it. */

/** A heading's line and what stands below it, up to the next heading. */
export interface Section {
  readonly title: string;
  /** Characters below its heading, the last line break included. */
  body: number;
  /** What its heading's line is now, as an attribute of its line break. */
  heading: Readonly<Record<string, unknown>>;
}

export class Sections {
  readonly all: Section[] = [];

  /** The index in the body at which the n-th begins; behind the last: the length of the body. */
  startOf(n: number): number {
    let at = 0;
    for (let i = 0; i < n; i++) at += lengthOf(this.all[i]);
    return at;
  }

  /** Of what is below its heading. */
  bodyOf(section: Section): number {
    return this.startOf(this.all.indexOf(section)) + headOf(section);
  }

  /** Of its heading's line break. */
  breakOf(section: Section): number {
    return this.bodyOf(section) - 1;
  }

  add(n: number, section: Section): void {
    this.all.splice(n, 0, section);
  }

  /** Puts the n-th before another one, as counted before that. */
  move(n: number, before: number): void {
    const [section] = this.all.splice(n, 1);
    if (section !== undefined) this.all.splice(before > n ? before - 1 : before, 0, section);
  }
}

/** Of a heading's line, its line break included. */
const headOf = ({ title }: Section) => title.length + 1;

export const lengthOf = (section: Section | undefined) =>
  section === undefined ? 0 : headOf(section) + section.body;
