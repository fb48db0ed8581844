/** One message that waits to be published. */
interface Waiting {
  /** Its parts, as statements take them. */
  readonly lines: readonly string[];
  readonly bytes: number;
  readonly settle: (error: Error | null) => void;
}

export interface Outbox {
  /** Resolves once it is committed; rejects when it is dropped or fails. */
  add(lines: readonly string[]): Promise<void>;
  /** Rejects what waits, and whatever comes. */
  end(): void;
}

/** What waits longer than that has no worth for others any more: bytes, of which the oldest go first. */
const mostWaiting = 8 * 1024 * 1024;
/** What one query carries, in bytes: a round trip for much, and none that takes long. */
const mostInQuery = 512 * 1024;

/**
 * Publishes in the order in which it is given messages, all of a turn in one query, and all that come
 * while that is on its way in the next: a busy server makes larger queries, not more of them.
 *
 * @param run - publishes lines, all or none
 */
export function createOutbox(run: (lines: readonly string[]) => Promise<void>): Outbox {
  let waiting: Waiting[] = [];
  let bytes = 0;
  let busy = false;
  let ended: Error | null = null;

  function take(): Waiting[] {
    let [count, size] = [0, 0];
    for (const { bytes: more } of waiting) {
      if (count > 0 && size + more > mostInQuery) break;
      count += 1;
      size += more;
    }
    bytes -= size;
    return waiting.splice(0, count);
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const taken = take();
      let failure: Error | null = null;
      try {
        await run(taken.flatMap(({ lines }) => lines));
      } catch (error) {
        failure = error as Error;
      }
      for (const { settle } of taken) settle(failure);
    }
    busy = false;
  }

  return {
    add(lines) {
      if (ended !== null) return Promise.reject(ended);
      const size = lines.reduce((sum, line) => sum + line.length, 0);
      bytes += size;
      const done = new Promise<void>((resolve, reject) => {
        const settle = (error: Error | null) => (error === null ? resolve() : reject(error));
        waiting.push({ lines, bytes: size, settle });
      });
      while (bytes > mostWaiting && waiting.length > 1) {
        const oldest = waiting.shift();
        bytes -= oldest?.bytes ?? 0;
        oldest?.settle(new Error('Postgres takes less than is to be published'));
      }
      if (!busy) {
        busy = true;
        setImmediate(() => void flush());
      }
      return done;
    },
    end() {
      ended = new Error('The connection to Postgres has been ended');
      for (const { settle } of waiting) settle(ended);
      waiting = [];
      bytes = 0;
    },
  };
}
