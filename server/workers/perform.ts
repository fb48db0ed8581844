import { mergeUpdates } from '../collab/merge.ts';
import { cutUpdate } from '../collab/state/cut.ts';
import { joinState } from '../collab/state/join.ts';
import { readLarge } from '../collab/state/read-large.ts';
import type { Sql } from '../db/connect.ts';
import { readLongBody } from '../http/limits/long-body.ts';
import { readContent } from '../pieces/read-content.ts';
import { ofPieces } from './of-pieces.ts';
import { ofStates } from './of-states.ts';
import type { StateTasks } from './state-tasks.ts';
import type { Answer, Ask, TaskName, UpdateTasks } from './tasks.ts';

type Perform = { readonly [Name in TaskName]: (ask: Ask<Name>) => Promise<Answer<Name>> };

/** What a worker thread can do; without a database (null) only what needs none. */
export function createPerform(sql: Sql | null) {
  const tasks = { ...ofTexts, ...(sql === null ? {} : ofPieces(sql)) } as Partial<Perform>;
  return async <Name extends TaskName>(name: Name, ask: Ask<Name>): Promise<Answer<Name>> => {
    const task = tasks[name];
    if (task === undefined) throw new Error(`A worker without a database cannot do ${name}`);
    return task(ask);
  };
}

const ofTexts: Pick<Perform, 'read' | 'readBody' | keyof StateTasks | keyof UpdateTasks> = {
  ...ofStates,
  join: async ({ updates }) => joinState(updates),
  cut: async ({ update, known }) => cutUpdate(update, known),
  readLarge: async ({ update, known, foreign }) => readLarge(update, known, foreign),
  merge: async ({ updates }) => mergeUpdates(updates),
  read: async (beginning) => readContent(beginning),
  readBody: async (body) => readLongBody(body),
};
