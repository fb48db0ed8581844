import { parse, TomlDate, TomlError } from 'smol-toml';
import { deepest, pointerTo } from '../../document/meta.ts';
import { checkName, Plainer, Unreadable, type Fields } from './fields.ts';

/**
 * The fields of a TOML document. A date is its text, as it was typed but for a "T" in its middle.
 * @throws Unreadable
 */
export function readToml(text: string): Fields {
  const plainer = new Plainer((value) =>
    value instanceof TomlDate ? dateText(value, text) : null,
  );
  const all = Object.entries(parsed(text)).map(([name, raw]) => {
    checkName(name, new Set());
    return { name, value: plainer.value(raw, pointerTo('', name)) };
  });
  // One in a string of several lines is taken for one, too: a word too much.
  const comments = /^[ \t]*#|[\]"'\d][ \t]+#/m.test(text);
  return { all, strings: plainer.strings, comments, tags: false };
}

function parsed(text: string): object {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded', maxDepth: deepest });
  } catch (cause) {
    if (!(cause instanceof TomlError || cause instanceof RangeError)) throw cause;
    throw new Unreadable(cause.message.split('\n')[0], { cause });
  }
}

/** The library writes milliseconds, whether they were there or not. */
function dateText(date: TomlDate, source: string): string {
  const text = date.toISOString();
  const short = text.replace(/\.000/, '');
  return source.includes('.000') ? text : short.replace(/(\.\d*?[1-9])0+(?!\d)/, '$1');
}
