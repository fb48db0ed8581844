import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { asGiven } from './as-given.ts';
import { builtCli } from './built-cli.ts';

export interface EndedCommand {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs `counterpoint` to its end. `env` is all of the environment that it sees, but for what Node needs.
 * For many, one after the other, there is `commands/commands.ts`.
 *
 * @param as - the user that it runs as; who runs the tests where not given
 */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  as: { uid?: number; gid?: number } = {},
): Promise<EndedCommand> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [await builtCli(), ...args], {
    ...as,
    env: { PATH, HOME, ...asGiven(env) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
}
