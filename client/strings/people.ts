import { account, people } from './en/people.ts';
import { t as always } from './index.ts';

/** All that the pages about people say. */
export const t = { ...always, account, people };
