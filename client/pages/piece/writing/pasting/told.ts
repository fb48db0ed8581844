import { t } from '../../../../strings/pasting.ts';

/** What was pasted in another form than it was seen, and is said so. */
export type Told = keyof Omit<typeof t.pasting, 'picture' | 'pictures'>;

/** Collects what is to be said, each once, and says it in one notice. */
export class Notices {
  readonly #told = new Set<Told>();
  readonly #pictures: string[] = [];

  tell(what: Told): void {
    this.#told.add(what);
  }

  /** A picture was left out; `name` is its text, '' where it has none. */
  picture(name: string): void {
    this.#pictures.push(name);
  }

  /** Undefined where there is nothing to say. */
  text(): string | undefined {
    const words = t.pasting;
    const [only = '', ...more] = this.#pictures;
    const pictures =
      this.#pictures.length === 0
        ? []
        : [more.length === 0 ? words.picture(only) : words.pictures(this.#pictures.length)];
    const all = [...pictures, ...[...this.#told].map((what) => words[what])];
    return all.length > 0 ? all.join(' ') : undefined;
  }
}
