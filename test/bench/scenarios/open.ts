/**
 * How long a newcomer waits for a piece with a long history: from `new WebSocket` until his document
 * holds all of it, as a multiple of what `Y.applyUpdate` of the final state takes in his process.
 */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trackChild } from '../cleanup.ts';
import { names, type Figure } from '../figures.ts';
import { historyOf } from '../open/history.ts';
import type { OpenJob, Opened } from '../open/newcomer.ts';
import { writeHistory } from '../open/write.ts';
import type { Server, ServerName, StartOptions } from '../servers/server.ts';
import { startServer } from '../servers/start.ts';
import { median } from '../stats.ts';

const editCount = 260_000;

/** Each cold opening needs a restart of the server, hence fewer. */
const coldTimes = 5;
const warmTimes = 7;

export async function measureOpening(name: ServerName, options: StartOptions): Promise<Figure[]> {
  const { edits, source } = historyOf(editCount);
  console.log(`  writing ${editCount} edits (${source}) …`);
  const first = await startServer(name, options);
  const [room, other] = await first.rooms(2);
  if (room === undefined || other === undefined) throw new Error('no room was made');
  const written = await writeHistory(first.target, room, edits);
  const stateFile = join(options.folder, 'state.bin');
  writeFileSync(stateFile, written.state);
  const openOn = (server: Server, times: number) =>
    open({ target: server.target, room, other, stateFile, times });
  const figures = [figureOf(name, names.warm, await openOn(first, warmTimes), 1)];
  written.leave();
  await first.stop();
  // Peers keep nothing over a restart: for them there is no cold opening.
  for (let round = 1; name === 'ours' && round <= coldTimes; round++) {
    const server = await startServer(name, options);
    figures.push(figureOf(name, names.cold, await openOn(server, 1), round));
    await server.stop();
  }
  return figures;
}

function figureOf(server: ServerName, name: string, opened: Opened, round: number): Figure {
  const [opening, applying] = [median(opened.opening), median(opened.applying)];
  console.log(
    `  ${name}: opened in ${opening.toFixed(0)} ms, applied in ${applying.toFixed(0)} ms`,
  );
  return { scenario: 'open', server, round, name, value: opening / applying, doubt: null };
}

/** Opens in a process of its own, whose heap holds nothing of the writing. */
function open(job: OpenJob): Promise<Opened> {
  const script = join(import.meta.dirname, '..', 'open', 'newcomer.ts');
  const child = fork(script, [JSON.stringify(job)]);
  trackChild(child);
  return new Promise((resolve, reject) => {
    child.once('message', (opened: Opened) => resolve(opened));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the newcomer ended with ${code}`)));
  });
}
