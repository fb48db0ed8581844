/** The bench's end of the process that attacks. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { stopChild, trackChild } from '../cleanup.ts';

export type AttackerCommand =
  | {
      readonly do: 'prepare';
      readonly name: string;
      readonly server: { readonly url: string; readonly pid: number };
    }
  /** Goes on until `end` is said. */
  | { readonly do: 'attack' };

export type AttackerReply =
  /** How often the attack was through. */
  { readonly ok: true; readonly through: number } | { readonly ok: false; readonly error: string };

/** How long an attack may take to end when it is told to. */
const patienceMs = 5_000;

export class Attacker {
  readonly #child: ChildProcess;
  #through: Promise<number> | null = null;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'attacker.ts'));
    trackChild(this.#child);
  }

  async prepare(name: string, server: { readonly url: string; readonly pid: number }) {
    await this.#obey({ do: 'prepare', name, server });
  }

  begin(): void {
    this.#through = this.#obey({ do: 'attack' });
    // Looked at in `end`; until then it is no unhandled rejection.
    this.#through.catch(() => undefined);
  }

  /** How often it was through; null where it did not end in time. Rejects where it failed. */
  async end(): Promise<number | null> {
    this.#child.send('end');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), patienceMs);
    });
    try {
      return await Promise.race([this.#through ?? 0, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): Promise<void> {
    return stopChild(this.#child);
  }

  #obey(command: AttackerCommand): Promise<number> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`the attacker ended with ${code}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (reply: AttackerReply) => {
        this.#child.off('exit', ended);
        if (reply.ok) resolve(reply.through);
        else reject(new Error(reply.error));
      });
      this.#child.send(command);
    });
  }
}
