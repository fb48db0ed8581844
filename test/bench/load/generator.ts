/** The generator process: does what the bench tells it over the IPC channel. */
import { Crowd } from './crowd.ts';
import type { Answer, Command, Reply } from './messages.ts';

const crowd = new Crowd();

async function obey(command: Command): Promise<Answer> {
  switch (command.do) {
    case 'join':
      await crowd.join(command);
      return null;
    case 'press':
      crowd.press(command.keysPerSecond, command.rooms);
      return null;
    case 'record':
      crowd.record();
      return null;
    case 'count':
      return crowd.count();
    case 'close':
      crowd.close();
      return null;
    case 'rest':
      return crowd.rest();
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
    (answer) => reply({ ok: true, answer }),
    (error: unknown) =>
      reply({ ok: false, error: error instanceof Error ? error.message : String(error) }),
  );
});
// The bench ended, or was killed: nobody is left to load a server for.
process.on('disconnect', () => process.exit(0));
