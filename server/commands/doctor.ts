import { pino } from 'pino';
import { examine } from '../doctor/examine.ts';
import { createLog } from '../http/log.ts';
import { CommandError, print, run } from './context.ts';

/** Says what is wrong with this machine, and how to mend it. The exit code is 1 where a server could not serve. */
export async function doctor(): Promise<void> {
  await run(async () => {
    const log = createLog('fatal', pino.destination({ dest: 2, sync: true }));
    const count = { ok: 0, warning: 0, problem: 0 };
    for await (const { level, line } of examine(process.env, log)) {
      count[level] += 1;
      print(`${level.padEnd(8)} ${line}`);
    }
    print(`${plural(count.problem, 'problem')}, ${plural(count.warning, 'warning')}.`);
    if (count.problem > 0) throw new CommandError('Mend the problems above first.');
  });
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
