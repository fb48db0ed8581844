import { readLongBody } from '../http/limits/long-body.ts';
import { readContent } from '../pieces/read-content.ts';
import { ofStates } from './of-states.ts';
import type { PerformsOfStates } from './state-tasks.ts';
import type { Answer, Ask } from './tasks.ts';

type OfTexts = PerformsOfStates & {
  readonly [Name in 'read' | 'readBody']: (ask: Ask<Name>) => Promise<Answer<Name>>;
};

/** What is done with texts, and needs no database. */
export const ofTexts: OfTexts = {
  ...ofStates,
  read: async (beginning) => readContent(beginning),
  readBody: async (body) => readLongBody(body),
};
