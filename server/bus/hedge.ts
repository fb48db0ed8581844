/** What one way has not taken over soon goes by another as well. */
export interface Hedge {
  /** @param taken - resolves with whether the message was taken over by the first way */
  watch(channel: string, frame: Uint8Array, taken: Promise<boolean>): void;
  /** Sends all that is not known to be taken over by the other way, now and in order. */
  flush(): void;
  /** Forgets what is watched. */
  end(): void;
}

/**
 * In ms. Long for one that works, on any network, and short beside what it takes to know that it does
 * not: in between, people on two servers would not see each other's text.
 */
const soon = 100;

interface Watched {
  readonly channel: string;
  readonly frame: Uint8Array;
  readonly since: number;
}

export function createHedge(sendOther: (channel: string, frame: Uint8Array) => void): Hedge {
  /** In the order of sending. */
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | null = null;

  /** Those up to and with `last`, or all of them. */
  function sendUpTo(last: Watched | null): void {
    for (const one of watched) {
      watched.delete(one);
      sendOther(one.channel, one.frame);
      if (one === last) return;
    }
  }

  function schedule(): void {
    const [oldest] = watched;
    if (timer !== null || oldest === undefined) return;
    // Where this process was busy, what has been answered meanwhile is read first.
    const late = () => setImmediate(() => setImmediate(look));
    timer = setTimeout(late, Math.max(1, oldest.since + soon - performance.now()));
  }

  /** Nearly always all is taken over at once: a timer that went off then would wake an idle server. */
  function unschedule(): void {
    if (timer === null || watched.size > 0) return;
    clearTimeout(timer);
    timer = null;
  }

  function look(): void {
    timer = null;
    const due = performance.now() - soon;
    const last = [...watched].filter(({ since }) => since <= due).at(-1);
    if (last !== undefined) sendUpTo(last);
    schedule();
  }

  return {
    watch(channel, frame, taken) {
      const one = { channel, frame, since: performance.now() };
      watched.add(one);
      schedule();
      void taken.then((known) => {
        if (known) {
          watched.delete(one);
          unschedule();
        }
        // It has not gone by the other way yet, nor what came before it.
        else if (watched.has(one)) sendUpTo(one);
      });
    },
    flush: () => sendUpTo(null),
    end() {
      watched.clear();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
