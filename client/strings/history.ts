import { history } from './en/history.ts';
import { t as always } from './piece.ts';

/** All that the history of a piece says. */
export const t = { ...always, history };
