/**
 * The process that attacks, so that what it takes to attack is not measured. It gives way to others
 * where the machine has too few cores: a real attacker has a machine of their own.
 */
import { setMaxListeners } from 'node:events';
import { setPriority } from 'node:os';
import { groundOn } from '../../adversary/ground.ts';
import { attackNamed } from './attack-list.ts';
import type { AttackerCommand, AttackerReply } from './attacker-control.ts';

const lowestPriority = 19;
setPriority(lowestPriority);

let attack: ((signal: AbortSignal) => Promise<void>) | null = null;
const end = new AbortController();
// Each round of an attack listens to it.
setMaxListeners(0, end.signal);

async function obey(command: AttackerCommand): Promise<number> {
  switch (command.do) {
    case 'prepare':
      attack = await attackNamed(command.name).prepare(groundOn(command.server));
      return 0;
    case 'attack':
      return attackUntilTheEnd();
  }
}

/** What is through is begun anew; gives how often it was through. */
async function attackUntilTheEnd(): Promise<number> {
  let through = 0;
  while (!end.signal.aborted) {
    try {
      await attack?.(end.signal);
      through++;
    } catch (error) {
      // The server may have ended what the attack goes on with; that is no fault of either.
      if (through > 0 || end.signal.aborted) return through;
      throw error;
    }
    // An attack that is through at once must not keep the word that ends it from being heard.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return through;
}

const reply = (message: AttackerReply) => process.send?.(message);

process.on('message', (command: AttackerCommand | 'end') => {
  if (command === 'end') {
    end.abort();
    return;
  }
  obey(command).then(
    (through) => reply({ ok: true, through }),
    (error: unknown) =>
      reply({ ok: false, error: error instanceof Error ? error.stack! : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
