import { parse } from 'secure-json-parse';
import { Problem } from '../../errors.ts';

/** Values in a body that is long because of its texts; the largest request of the contract has ten. */
const mostValues = 1_000;
/** Of a name in it, in characters; an error that tells of it says it again. */
const longestName = 200;

/** What JSON says. */
export type JsonValue = object | string | number | boolean | null;

/**
 * Reads a long JSON body; it runs on a thread, since 8 MB of `[` take half a second, and as many names
 * that nobody knows three (B1). What it gives is as few values as a request has, and goes back to the
 * event loop at the cost of copying its texts.
 *
 * @param body - in UTF-8
 */
export function readLongBody(body: Uint8Array): JsonValue {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  let value: JsonValue;
  try {
    value = parse(text, { protoAction: 'error', constructorAction: 'error' }) as JsonValue;
  } catch (err) {
    if (!(err instanceof SyntaxError)) throw err;
    throw new Problem('malformed_json', 'The body cannot be read as JSON.');
  }
  checkSize(value);
  return value;
}

function checkSize(value: unknown): void {
  const waiting: unknown[] = [value];
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen + waiting.length > mostValues) throw tooMany(`more than ${mostValues} values`);
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      if (next.length > mostValues) throw tooMany(`more than ${mostValues} values`);
      for (const each of next as readonly unknown[]) waiting.push(each);
      continue;
    }
    for (const [name, each] of Object.entries(next)) {
      if (name.length > longestName) throw tooMany('a name that no request has');
      waiting.push(each);
      if (waiting.length > mostValues) throw tooMany(`more than ${mostValues} values`);
    }
  }
}

function tooMany(what: string): Problem {
  return new Problem('validation', `The body has ${what}. Only its texts may be long.`);
}
