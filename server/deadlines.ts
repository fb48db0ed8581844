/** Whether `work` was done in time, and did not say that it failed. What is late goes on, but is not waited for. */
export async function inTime(ms: number, work: Promise<boolean | void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then((done) => done !== false), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles as `work` does, or rejects as soon as `stopping` is aborted; what comes of `work` then is not heard. */
export function unless<T>(stopping: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(stopping.reason as Error);
    work.then(resolve, reject).finally(() => stopping.removeEventListener('abort', stop));
    if (stopping.aborted) stop();
    else stopping.addEventListener('abort', stop, { once: true });
  });
}

/** Of what is never told to stop. */
export const neverStopping = new AbortController().signal;
