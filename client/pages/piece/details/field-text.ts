import { metaFields } from '../../../../shared/document/index.ts';
import { t } from '../../../strings/details.ts';

/** Characters of a value that are shown; another program may have put in any number. */
const longest = 5_000;

export function isKnown(name: string): name is (typeof metaFields)[number] {
  return (metaFields as readonly string[]).includes(name);
}

/** What a field is called; one of the writer's own goes by its name. */
export function fieldName(name: string): string {
  return isKnown(name) ? t.details.names[name] : name;
}

/** A value in words: a text as it is, a list of them with commas, all else as JSON. */
export function valueText(value: unknown): string {
  const isWords = (one: unknown) => typeof one === 'string';
  const text = isWords(value)
    ? String(value)
    : Array.isArray(value) && value.every(isWords)
      ? value.join(', ')
      : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
