/**
 * All words that the app says. A translation is another object of the same shape, chosen here.
 */
import { common } from './en/common.ts';
import { piece } from './en/piece.ts';
import { pieces } from './en/pieces.ts';
import { signIn } from './en/sign-in.ts';
import { transfer } from './en/transfer.ts';

const en = { common, piece, pieces, signIn, transfer };

export type Strings = typeof en;

export const t: Strings = en;

/** The language that numbers and times are written in, as `<html lang>` has it. */
export const locale = 'en';
