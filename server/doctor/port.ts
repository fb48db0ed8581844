import { once } from 'node:events';
import { createServer } from 'node:net';
import { ok, problem, reasonOf, type Finding } from './finding.ts';

export interface PortState {
  readonly finding: Finding;
  /** `free`: a server can listen there; `ours`: one of this kind does. */
  readonly is: 'free' | 'ours' | 'bad';
}

/** Whether a server can listen there, or one of ours does. */
export async function portState(host: string, port: number): Promise<PortState> {
  if (port === 0) return { is: 'free', finding: ok('PORT is any that is free') };
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return { is: 'free', finding: ok(`Port ${port} on ${host} is free`) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && (await isCounterpoint(host, port))) {
      return { is: 'ours', finding: ok(`Port ${port} on ${host}: a Counterpoint server answers`) };
    }
    return { is: 'bad', finding: problem(advice(host, port, code, reasonOf(error))) };
  }
}

function advice(host: string, port: number, code: string | undefined, reason: string): string {
  const where = `Port ${port} on ${host}`;
  if (code === 'EADDRINUSE') return `${where} is taken by another program: stop it, or set PORT`;
  if (code === 'EACCES') return `${where} is closed to this user: set PORT to 1024 or above`;
  return `${where} cannot be listened on (${reason}): set HOST to an address of this machine`;
}

const answerMs = 5_000;

async function isCounterpoint(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  const at = `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`;
  try {
    const answer = await fetch(`${at}/healthz`, { signal: AbortSignal.timeout(answerMs) });
    return answer.ok && JSON.stringify(await answer.json()) === '{"status":"ok"}';
  } catch {
    return false; // Whatever it is, it does not answer as one.
  }
}
