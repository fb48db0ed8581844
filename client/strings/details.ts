import { details } from './en/details.ts';
import { t as always } from './piece.ts';

/** What is said of the fields beside the text; it is loaded apart from the page. */
export const t = { ...always, details };
