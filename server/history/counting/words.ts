const separator = /[\s\u2014]/u;
const letter = /[\p{L}\p{N}]/u;

/** Signs at the end of a text that nearly always tell whether a word goes on. */
const skipBy = 16;

/** Counts where words begin in a text that comes in parts. A word is as `countWords` has it. */
export class Words {
  #inWord = false;
  #skipped: string[] = [];

  /** How many words begin in this part. */
  pass(text: string): number {
    if (this.#skipped.length > 0) this.#catchUp();
    let begun = 0;
    for (const sign of text) {
      if (separator.test(sign)) this.#inWord = false;
      else if (!this.#inWord && letter.test(sign)) {
        this.#inWord = true;
        begun++;
      }
    }
    return begun;
  }

  /** Passes without counting. What it leads into is found out when it is asked: most is let be. */
  skip(text: string): void {
    this.#skipped.push(text);
  }

  end(): void {
    this.#skipped = [];
    this.#inWord = false;
  }

  /** By the last of the signs that tell; a long text is read whole only where its end does not. */
  #catchUp(): void {
    for (const text of this.#skipped.reverse()) {
      const end = lastTelling(text.slice(-skipBy)) ?? lastTelling(text);
      if (end === undefined) continue;
      this.#inWord = !separator.test(end);
      break;
    }
    this.#skipped = [];
  }
}

function lastTelling(text: string): string | undefined {
  return [...text].findLast((sign) => separator.test(sign) || letter.test(sign));
}
