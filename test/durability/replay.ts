import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { runScript, type RunningScript } from '../support/run-script.ts';
import type { Step } from './trace.ts';

/** What a replaying process is given; updates in base64. */
export interface ReplayScript {
  readonly steps: readonly { readonly update: string; readonly needs: Step['needs'] }[];
  readonly endContent: string;
}

interface ReplayOptions {
  readonly url: string;
  readonly piece: string;
  readonly folder: string;
  readonly endContent: string;
}

/** Starts a process for each agent; they end with the test. */
export async function startReplay(
  plans: readonly (readonly Step[])[],
  { url, piece, folder, endContent }: ReplayOptions,
): Promise<RunningScript[]> {
  return Promise.all(
    plans.map(async (plan, agent) => {
      const file = path.join(folder, `agent-${agent}.json`);
      const steps = plan.map(({ update, needs }) => ({
        update: Buffer.from(update).toString('base64'),
        needs,
      }));
      await writeFile(file, JSON.stringify({ steps, endContent } satisfies ReplayScript));
      const script = runScript(path.join(import.meta.dirname, 'replay-agent.ts'), [
        url,
        piece,
        file,
      ]);
      onTestFinished(() => void script.child.kill('SIGKILL'));
      return script;
    }),
  );
}
