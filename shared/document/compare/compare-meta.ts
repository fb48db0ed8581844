import { sameMeta, type Meta } from '../meta.ts';
import type { MetaChange } from './comparison.ts';

/** All fields of two states, by their names, and what became of each. */
export function compareMeta(before: Meta = {}, after: Meta = {}): MetaChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => {
      const [was, is] = [valueOf(before, name), valueOf(after, name)];
      const change =
        was === undefined
          ? 'added'
          : is === undefined
            ? 'removed'
            : sameMeta(was, is)
              ? 'same'
              : 'changed';
      return { name, change, before: was ?? null, after: is ?? null };
    });
}

function valueOf(meta: Meta, name: string): unknown {
  return Object.hasOwn(meta, name) ? meta[name] : undefined;
}
