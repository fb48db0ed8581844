/** Counts by name, for who reads them now and then; the names are few and known, never a client's. */
export class Tally<Name extends string | number> {
  readonly #counts = new Map<Name, number>();

  add(name: Name): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: Name): number {
    return this.#counts.get(name) ?? 0;
  }
}
