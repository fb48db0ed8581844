import { mergeUpdates } from '../collab/merge.ts';
import { cutUpdate } from '../collab/state/cut.ts';
import { joinState } from '../collab/state/join.ts';
import { readLarge } from '../collab/state/read-large.ts';
import type { Sql } from '../db/connect.ts';
import { ofHistories } from './of-histories.ts';
import type { Answer, Ask, TaskName, UpdateTasks } from './tasks.ts';

type Perform = { readonly [Name in TaskName]: (ask: Ask<Name>) => Promise<Answer<Name>> };

/**
 * What a worker thread can do; without a database (null) only what needs none.
 *
 * What opens a piece, or tells its history, is there when the thread is. Everything else brings Markdown
 * along, four fifths of what there is to load, and is loaded when it is asked for, or by `loadRest`: who
 * asks first after a start waited for all of it.
 */
export function createPerform(sql: Sql | null) {
  const atOnce: Partial<Perform> = { ...ofUpdates, ...(sql === null ? {} : ofHistories(sql)) };
  const rest = async (): Promise<Partial<Perform>> => {
    const { ofTexts } = await import('./of-texts.ts');
    if (sql === null) return ofTexts;
    const { ofPieces } = await import('./of-pieces.ts');
    return { ...ofTexts, ...ofPieces(sql) };
  };
  let loading: Promise<Partial<Perform>> | null = null;
  const loadRest = () => {
    loading ??= rest().catch((err: unknown) => {
      // The next task tries again.
      loading = null;
      throw err;
    });
    return loading;
  };
  const perform = async <Name extends TaskName>(
    name: Name,
    ask: Ask<Name>,
  ): Promise<Answer<Name>> => {
    const task = atOnce[name] ?? (await loadRest())[name];
    if (task === undefined) throw new Error(`A worker without a database cannot do ${name}`);
    return task(ask);
  };
  return { perform, loadRest };
}

const ofUpdates: Pick<Perform, keyof UpdateTasks> = {
  join: async ({ updates }) => joinState(updates),
  cut: async ({ update, known }) => cutUpdate(update, known),
  readLarge: async ({ update, known, foreign }) => readLarge(update, known, foreign),
  merge: async ({ updates }) => mergeUpdates(updates),
};
