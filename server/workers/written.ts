/**
 * Answers that a thread gives ready to be sent, as bytes of UTF-8: sent to the event loop they change
 * hands and are not copied, where 1 MB of history took it 100 ms to clone, check and write (B1).
 */
export function written(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function writtenJson(value: unknown): Uint8Array {
  return written(JSON.stringify(value));
}

/** The bytes of an answer that can change hands: it holds all of their buffers. */
export function movable(answer: unknown): ArrayBuffer[] {
  if (typeof answer !== 'object' || answer === null) return [];
  // The members of a buffer are its bytes, a number each.
  const values: readonly unknown[] =
    answer instanceof Uint8Array ? [answer] : Object.values(answer as Record<string, unknown>);
  const buffers = values.flatMap((value) =>
    value instanceof Uint8Array &&
    value.buffer instanceof ArrayBuffer &&
    value.byteLength === value.buffer.byteLength
      ? [value.buffer]
      : [],
  );
  return [...new Set(buffers)];
}
