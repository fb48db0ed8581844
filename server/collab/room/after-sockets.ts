/** What is to be done after the sockets were looked at once more, of all rooms. */
let waiting: (() => void)[] = [];

/**
 * Calls back when the event loop has looked at all sockets once more: a client writes its words and then its
 * cursor, two frames, and so both go out in one write. It takes microseconds. The rooms of one turn share the
 * two that it takes: each with its own were two closures a keystroke, which V8 compiles each time.
 */
export function afterSockets(act: () => void): void {
  waiting.push(act);
  if (waiting.length === 1) setImmediate(lookOnceMore);
}

/** Whoever comes from here on has a look of their own: their cursor is behind their words, too. */
function lookOnceMore(): void {
  setImmediate(actAll, waiting);
  waiting = [];
}

function actAll(acts: readonly (() => void)[]): void {
  for (let next = 0; next < acts.length; next++) {
    try {
      acts[next]?.();
    } catch (err) {
      // Of one room: the others are not to wait for it, and it is as uncaught as it would be alone.
      queueMicrotask(() => {
        throw err;
      });
    }
  }
}
