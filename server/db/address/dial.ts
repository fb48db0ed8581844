import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { DatabaseAddress, Host } from './parse.ts';
import { tlsOptions } from './tls-settings.ts';

/** Asks a server for TLS; it answers with `S` or `N`, in one byte. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const [yes, no] = [...Buffer.from('SN')];
/** In seconds, where the URL does not say. */
const usualTimeout = 5;

/** Whether a host will do, of several. Rejects where it cannot be asked. */
export type Accepts = (host: Host) => Promise<boolean>;

/** No host of several would do. */
export class NoHost extends Error {
  readonly code = 'NO_HOST';
}

/** A server answered that it has no TLS, or broke off when asked. */
export class NoTls extends Error {
  readonly code = 'NO_TLS';
}

/**
 * Opens sockets to a database, by its URL. In the driver's place: of libpq's ways it knows a few, takes a
 * server without TLS for one that speaks it, and tries hosts in a circle without end.
 */
export class Dialer {
  readonly #address: DatabaseAddress;
  readonly #accepts: Accepts;
  readonly #opening = new Set<Socket>();
  #ended = false;

  /** @param accepts - asked where the URL has several hosts, or wants a certain kind of server */
  constructor(address: DatabaseAddress, accepts: Accepts) {
    this.#address = address;
    this.#accepts = accepts;
  }

  /**
   * For the driver's option `socket`. Never rejects: the driver forgets a connection for good whose socket
   * could not be made, but deals with a socket that breaks.
   */
  readonly socket = async (): Promise<Socket> => {
    try {
      return await this.#dial();
    } catch (error) {
      const broken = new Socket();
      setImmediate(() => broken.destroy(error as Error));
      return broken;
    }
  };

  /** Breaks off what is being opened: the driver, once ended, does not know of it. */
  end(): void {
    this.#ended = true;
    for (const socket of this.#opening) socket.destroy();
  }

  async #dial(): Promise<Socket> {
    const { hosts, target, shuffled } = this.#address;
    const order = shuffled ? shuffle(hosts) : hosts;
    const [only] = order;
    if (order.length === 1 && only !== undefined && target === 'any') return this.#open(only);
    const failures: unknown[] = [];
    for (const host of order) {
      try {
        if (target === 'any' || (await this.#accepts(host))) return await this.#open(host);
        failures.push(new NoHost(`${host.name}:${host.port} takes no writes`));
      } catch (error) {
        failures.push(error);
      }
    }
    const told = failures.map((error) => (error as Error).message || String(error));
    throw Object.assign(new NoHost(told.join('; ')), { cause: new AggregateError(failures) });
  }

  async #open(host: Host): Promise<Socket> {
    const { connectTimeout, tls, keepAlive } = this.#address;
    const socket = connect(placeFor(host));
    this.#opening.add(socket);
    if (this.#ended) socket.destroy();
    const seconds = connectTimeout ?? usualTimeout;
    const late = setTimeout(() => {
      const told = `${host.name}:${host.port} did not answer within ${seconds} s`;
      socket.destroy(Object.assign(new Error(told), { code: 'CONNECT_TIMEOUT' }));
    }, seconds * 1_000);
    try {
      await once(socket, 'connect');
      socket.setKeepAlive(keepAlive > 0, keepAlive * 1_000);
      const plain = host.name.startsWith('/') || tls.mode === 'disable' || tls.mode === 'allow';
      return plain ? socket : await this.#encrypt(socket, host.name);
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(late);
      this.#opening.delete(socket);
    }
  }

  async #encrypt(socket: Socket, name: string): Promise<Socket> {
    const { tls } = this.#address;
    if (!tls.direct && !(await offersTls(socket))) {
      if (tls.mode === 'prefer') return socket;
      throw new NoTls(`${name} offers no TLS`);
    }
    const encrypted = connectTls({ socket, ...tlsOptions(tls, name) });
    // A broken socket below ends the wait, with its reason.
    const closed = (error: Error) => encrypted.destroy(error);
    socket.once('error', closed);
    await once(encrypted, 'secureConnect');
    return encrypted;
  }
}

/** Another program listens at the port. */
export class NotPostgres extends Error {
  readonly code = 'NOT_POSTGRES';
}

async function offersTls(socket: Socket): Promise<boolean> {
  const closed = new AbortController();
  const onClose = () => closed.abort();
  socket.once('close', onClose);
  socket.write(sslRequest);
  try {
    const [answer] = (await once(socket, 'data', { signal: closed.signal })) as [Buffer];
    // More than a byte, before TLS, is somebody in between (CVE-2021-23222).
    if (answer.length === 1 && answer[0] === yes) return true;
    if (answer.length === 1 && answer[0] === no) return false;
    throw new NotPostgres('what answers is no Postgres');
  } catch (cause) {
    if (!closed.signal.aborted) throw cause;
    throw new NoTls('the server closed the connection when it was asked for TLS', { cause });
  } finally {
    socket.off('close', onClose);
  }
}

function placeFor({ name, address, port }: Host) {
  if (name.startsWith('/')) return { path: `${name}/.s.PGSQL.${port}` };
  return { host: address ?? name, port };
}

function shuffle<T>(all: readonly T[]): T[] {
  const left = [...all];
  return all.flatMap(() => left.splice(Math.floor(Math.random() * left.length), 1));
}
