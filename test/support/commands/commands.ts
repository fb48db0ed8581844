import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { asGiven } from '../as-given.ts';
import { builtCli } from '../built-cli.ts';
import type { EndedCommand } from '../run-cli.ts';

export interface Commands {
  /** Runs `counterpoint` to its end. `env` is all of the environment that it sees. */
  readonly run: (
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => Promise<EndedCommand>;
  readonly close: () => Promise<void>;
}

/** After what a command says. */
const end = '\0end of command\0';

/**
 * `counterpoint` for many short commands, one after the other in one process: to start one of its own takes
 * each a second of processor time. Where it matters that it is a process of its own, there is `runCli`, and
 * for `backup -`, which ends its standard output.
 *
 * @param as - the user that it runs as; who runs the tests where not given
 */
export async function startCommands(as: { uid?: number; gid?: number } = {}): Promise<Commands> {
  const host = path.join(import.meta.dirname, 'host.mjs');
  const child = spawn(process.execPath, [host, await builtCli()], {
    ...as,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit');
  const gone = exited.then(() => {
    throw new Error('The process of the commands has ended');
  });
  gone.catch(() => undefined);
  const answered = async () => {
    const [answer] = (await Promise.race([once(child, 'message'), gone])) as [{ code: number }];
    return answer.code;
  };
  const [stdout, stderr] = [child.stdout!, child.stderr!].map(parts);
  await answered();
  let last: Promise<unknown> = Promise.resolve();
  async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
    const { PATH = '', HOME = '' } = process.env;
    const said = Promise.all([stdout!(), stderr!()]);
    const code = answered();
    child.send({ args, env: { PATH, HOME, ...asGiven(env) }, end });
    const [out, err] = await Promise.race([said, gone]).catch((error: unknown) => {
      throw new Error(`counterpoint ${args.join(' ')}: ${stderr!.rest()}`, { cause: error });
    });
    return { code: await code, stdout: out, stderr: err.toString() };
  }
  return {
    run(args, env) {
      const running = last.then(() => run(args, env));
      last = running.catch(() => undefined);
      return running;
    },
    async close() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** Gives what a stream says up to the next end of a command. */
function parts(stream: Readable) {
  let rest = Buffer.alloc(0);
  let waiting: ((part: Buffer) => void) | null = null;
  const look = () => {
    const at = rest.indexOf(end);
    if (at < 0 || waiting === null) return;
    waiting(rest.subarray(0, at));
    waiting = null;
    rest = rest.subarray(at + end.length);
  };
  stream.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    look();
  });
  const next = () =>
    new Promise<Buffer>((resolve) => {
      waiting = resolve;
      look();
    });
  return Object.assign(next, { rest: () => rest.toString() });
}
