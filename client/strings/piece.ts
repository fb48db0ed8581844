import { piece } from './en/piece.ts';
import { refused, sharing } from './en/sharing.ts';
import { threads } from './en/threads.ts';
import { transfer } from './en/transfer.ts';
import { t as always } from './index.ts';

/** All that the page of a piece says. */
export const t = { ...always, piece, refused, sharing, threads, transfer };
