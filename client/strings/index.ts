/**
 * All words that the app says. A translation is another object of the same shape, chosen here.
 */
import { common } from './en/common.ts';
import { account, people } from './en/people.ts';
import { piece } from './en/piece.ts';
import { pieces } from './en/pieces.ts';
import { refused, sharing } from './en/sharing.ts';
import { signIn } from './en/sign-in.ts';
import { transfer } from './en/transfer.ts';

const en = {
  account,
  common,
  people,
  piece,
  pieces,
  refused,
  sharing,
  signIn,
  transfer,
};

export type Strings = typeof en;

export const t: Strings = en;

/** The language that numbers and times are written in, as `<html lang>` has it. */
export const locale = 'en';
