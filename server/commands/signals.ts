/** What tells a server to stop: SIGHUP comes when its terminal has gone. */
const names = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * A second signal within this time, in ms, is the first one once more. Ctrl-C on `npm start` comes twice:
 * the terminal sends it to the whole process group, and npm hands on what it gets.
 */
const sameMs = 1_000;

export interface StopSignals {
  /** Resolves with the name of the first one. */
  readonly first: Promise<string>;
  /** Aborted with the first one. */
  readonly stopping: AbortSignal;
}

/**
 * Hears the signals from now on and for the whole life of the process. A second one, but for an echo of the
 * first, ends the process at once.
 *
 * The listeners stay: between one that is taken off and the next, a signal would end the process by itself,
 * with nothing saved. To be called before anything that takes long: the first process of a container is not
 * told of a signal that it does not listen for, and would go on as if there had been none.
 */
export function hearSignals(): StopSignals {
  const stop = new AbortController();
  const first = new Promise<string>((resolve) => {
    let since: number | null = null;
    const heard = (name: string) => {
      if (since === null) {
        since = performance.now();
        stop.abort(new Error(`told to stop by ${name}`));
        resolve(name);
      } else if (performance.now() - since > sameMs) process.exit(1);
    };
    for (const name of names) process.on(name, heard);
  });
  return { first, stopping: stop.signal };
}
