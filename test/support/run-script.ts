import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { packageFile } from '../../server/package-root.ts';

export interface RunningScript {
  readonly child: ChildProcess;
  /** The next line that it prints. Rejects with its error output when it ends without one. */
  line(): Promise<string>;
}

/** Runs a TypeScript file of ours in a process of its own, so that it can be killed. */
export function runScript(file: string, args: readonly string[]): RunningScript {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: packageFile('.'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: Buffer[] = [];
  child.stderr.on('data', (part: Buffer) => errors.push(part));
  const reader = createInterface({ input: child.stdout });
  const lines: AsyncIterator<string, undefined> = reader[Symbol.asyncIterator]();
  return {
    child,
    async line() {
      const next = await lines.next();
      if (next.done) throw new Error(`The script ended: ${Buffer.concat(errors).toString()}`);
      return next.value;
    },
  };
}
