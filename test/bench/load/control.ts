/** The bench's end of one generator process. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { stopChild, trackChild } from '../cleanup.ts';
import { commandOn, coresOf } from './cores.ts';
import type { Answer, Command, Recorded, Reply } from './messages.ts';

export class Generator {
  private readonly child: ChildProcess;

  /** @param index - which of several; each has a core of its own where there are enough */
  constructor(index = 0) {
    // Inherits the flags by which this process runs TypeScript.
    const [program, ...args] = commandOn(coresOf('generator', index), process.execArgv);
    this.child = fork(join(import.meta.dirname, 'generator.ts'), {
      serialization: 'advanced',
      execPath: program,
      execArgv: args,
    });
    trackChild(this.child);
  }

  /** Nobody types any more; what was recorded. */
  async rest(): Promise<Recorded> {
    const answer = await this.obey({ do: 'rest' });
    if (answer === null || typeof answer === 'number') throw new Error('nothing was recorded');
    return answer;
  }

  async count(): Promise<number> {
    return Number(await this.obey({ do: 'count' }));
  }

  async tell(command: Exclude<Command, { do: 'rest' | 'count' }>): Promise<void> {
    await this.obey(command);
  }

  stop(): Promise<void> {
    return stopChild(this.child);
  }

  private obey(command: Command): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`a generator ended with ${code}`));
      this.child.once('exit', ended);
      this.child.once('message', (reply: Reply) => {
        this.child.off('exit', ended);
        if (reply.ok) resolve(reply.answer);
        else reject(new Error(reply.error));
      });
      this.child.send(command);
    });
  }
}
