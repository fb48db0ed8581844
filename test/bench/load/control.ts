/** The bench's end of the generator process. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { stopChild, trackChild } from '../cleanup.ts';
import type { Command, Reply, Typed } from './messages.ts';

export class Generator {
  private readonly child: ChildProcess;

  constructor() {
    // Inherits the flags by which this process runs TypeScript.
    this.child = fork(join(import.meta.dirname, 'generator.ts'), { serialization: 'advanced' });
    trackChild(this.child);
  }

  async join(command: Omit<Extract<Command, { do: 'join' }>, 'do'>): Promise<void> {
    await this.obey({ do: 'join', ...command });
  }

  async type(command: Omit<Extract<Command, { do: 'type' }>, 'do'>): Promise<Typed> {
    const typed = await this.obey({ do: 'type', ...command });
    if (typed === null) throw new Error('the generator answered without figures');
    return typed;
  }

  stop(): Promise<void> {
    return stopChild(this.child);
  }

  private obey(command: Command): Promise<Typed | null> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`the generator ended with ${code}`));
      this.child.once('exit', ended);
      this.child.once('message', (reply: Reply) => {
        this.child.off('exit', ended);
        if (reply.ok) resolve(reply.typed);
        else reject(new Error(reply.error));
      });
      this.child.send(command);
    });
  }
}
