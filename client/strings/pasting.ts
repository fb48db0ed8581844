import { pasting } from './en/pasting.ts';

/** What pasting says; it is loaded apart from the page. */
export const t = { pasting };
