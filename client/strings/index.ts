/**
 * All words that the app says. A translation is another set of objects of the same shapes, chosen
 * here and in the two modules beside: `piece.ts` adds what the page of a piece says, `people.ts`
 * what those about people say, so that the list of pieces need not load them.
 */
import { common } from './en/common.ts';
import { pieces } from './en/pieces.ts';
import { signIn } from './en/sign-in.ts';

export const t = { common, pieces, signIn };

/** The language that numbers and times are written in, as `<html lang>` has it. */
export const locale = 'en';
