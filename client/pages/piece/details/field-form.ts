import { plainValue } from '../../../../shared/document/meta.ts';

/** How a value is edited: as its words, as words with commas between them, or as JSON. */
export type FieldForm = 'text' | 'list' | 'data';

/** Characters that a form edits; another program may have put in any number. */
export const longest = 20_000;

/** `absent`: the form of a field that is not there. */
export function formOf(value: unknown, absent: FieldForm): FieldForm {
  if (value === undefined) return absent;
  if (typeof value === 'string') return 'text';
  const isList =
    Array.isArray(value) && value.every((item) => typeof item === 'string' && isItem(item));
  return isList ? 'list' : 'data';
}

/** Whether it is read back as the same out of a list with commas. */
function isItem(text: string): boolean {
  return text !== '' && text === text.trim() && !/[,\n]/.test(text);
}

/** What is in the field of a form. */
export function typedOf(value: unknown, form: FieldForm): string {
  if (value === undefined) return '';
  if (form === 'text' && typeof value === 'string') return value;
  return form === 'list' && Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
}

/** The value that was typed; undefined: nothing. `isBad`: it is none. */
export function readTyped(
  typed: string,
  form: FieldForm,
): { value: unknown; isBad?: false } | { isBad: true } {
  if (typed.trim() === '') return { value: undefined };
  if (form === 'text') return { value: typed };
  if (form === 'list') {
    const items = typed.split(',').map((item) => item.trim());
    return { value: items.filter((item) => item !== '') };
  }
  try {
    const value = plainValue(JSON.parse(typed));
    return value === undefined ? { isBad: true } : { value };
  } catch {
    // It is being typed.
    return { isBad: true };
  }
}
