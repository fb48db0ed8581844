import { blockQuote, list } from 'micromark-core-commonmark';
import { directive } from 'micromark-extension-directive';
import { gfmFootnote } from 'micromark-extension-gfm-footnote';
import type { Construct, Effects, Extension, TokenizeContext } from 'micromark-util-types';

/**
 * Quotes, lists and footnotes begin before this column only. Each takes a column at least, so it
 * bounds how deep they stand in each other: 10 kB of `* * *` before a letter took 18 s. What comes
 * behind is text.
 */
const lastColumn = 100;
/** Directives in each other, and all of a text; more are text. 2,000 in each other took 56 s. */
const mostNested = 16;
const mostDirectives = 2_000;

/**
 * What holds other blocks, bounded: `:::` containers (of directives only that form), lists, quotes
 * and footnotes. For one text: it counts.
 */
export function boundedContainers(): Extension {
  const ordered = Object.fromEntries(
    Array.from('0123456789', (sign) => [codeOf(sign), early(list)]),
  );
  const document = {
    ...ordered,
    ...Object.fromEntries(Array.from('*+-', (sign) => [codeOf(sign), early(list)])),
    [codeOf('>')]: early(blockQuote),
  };
  return {
    document,
    flow: { [codeOf(':')]: counted(containerDirective()) },
    // Those of micromark itself, by their names; ours have none.
    disable: { null: ['list', 'blockQuote'] },
  };
}

/** GFM footnotes whose definitions begin early in their line. */
export function boundedFootnotes(): Extension {
  const { document, ...rest } = gfmFootnote();
  const definition = [document?.[codeOf('[')] ?? []].flat()[0];
  if (!definition) throw new Error('micromark-extension-gfm-footnote defines no footnotes');
  return { ...rest, document: { [codeOf('[')]: early(definition) } };
}

const codeOf = (sign: string) => sign.charCodeAt(0);

/**
 * Without its name, by which micromark's own is switched off. A list goes on by itself being tried
 * again, which has to be this one.
 */
function early(original: Construct): Construct {
  const { continuation } = original;
  const own: Construct = {
    ...original,
    tokenize(effects, ok, nok) {
      if (this.now().column > lastColumn) return nok;
      return original.tokenize.call(this, effects, ok, nok);
    },
  };
  delete own.name;
  if (continuation !== undefined) {
    own.continuation = {
      ...continuation,
      tokenize(effects, ok, nok) {
        const attempt: Effects['attempt'] = (tried, ...states) =>
          effects.attempt(tried === original ? own : tried, ...states);
        return continuation.tokenize.call(this, { ...effects, attempt }, ok, nok);
      },
    };
  }
  return own;
}

/**
 * What is in a container is read after the container, by a reader that knows nothing of it. So which
 * ones a place is in is told from where they begin and end.
 */
function counted(construct: Construct): Construct {
  const ends = new Map<number, number>();
  const isFull = (at: number) => {
    if (ends.size >= mostDirectives) return !ends.has(at);
    let depth = 0;
    for (const [from, to] of ends) if (from < at && at < to) depth++;
    return depth >= mostNested;
  };
  return {
    ...construct,
    tokenize(this: TokenizeContext, effects, ok, nok) {
      const at = this.now().offset;
      if (isFull(at)) return nok;
      const found: typeof ok = (code) => {
        ends.set(at, Math.max(this.now().offset, ends.get(at) ?? 0));
        return ok(code);
      };
      return construct.tokenize.call(this, effects, found, nok);
    },
  };
}

function containerDirective(): Construct {
  const constructs = [directive().flow?.[codeOf(':')] ?? []].flat();
  const container = constructs[0];
  if (!container) throw new Error('micromark-extension-directive has no container construct');
  return container;
}
