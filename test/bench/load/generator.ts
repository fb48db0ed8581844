/** The generator process: does what the bench tells it over the IPC channel. */
import { Crowd } from './crowd.ts';
import type { Command, Reply, Typed } from './messages.ts';

const crowd = new Crowd();

async function obey(command: Command): Promise<Typed | null> {
  switch (command.do) {
    case 'join':
      await crowd.join(command);
      return null;
    case 'type':
      return crowd.type(command);
    case 'leave':
      crowd.leave();
      return null;
  }
}

function reply(message: Reply): void {
  process.send?.(message);
}

process.on('message', (command: Command) => {
  obey(command).then(
    (typed) => reply({ ok: true, typed }),
    (error: unknown) => reply({ ok: false, error: String(error) }),
  );
});
// The bench ended, or was killed: nobody is left to load a server for.
process.on('disconnect', () => process.exit(0));
