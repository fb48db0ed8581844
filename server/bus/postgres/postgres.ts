import { createHash } from 'node:crypto';
import type { Log } from '../../collab/ports.ts';
import { addressOf, placeOf } from '../../db/address/parse.ts';
import { openClient } from '../../db/client.ts';
import type { OpenLink } from '../link.ts';
import { createLinkedBus, type LinkedBus, type LinkedBusOptions } from '../linked-bus.ts';
import { createOutbox } from './outbox.ts';
import { createAssembly, ownPrefix, split } from './parts.ts';

export interface PostgresBusOptions extends LinkedBusOptions {
  /** What tells one installation from others that use the same database; '' where not given. */
  readonly namespace?: string;
}

/**
 * A bus over a database that servers have in common, by LISTEN and NOTIFY, on two connections of its own.
 * Needs a session: behind a pooler in transaction mode Postgres forgets who listens. That is noticed, and
 * then it is not live.
 */
export function createPostgresBus(url: string, options: PostgresBusOptions): LinkedBus {
  const host = placeOf(addressOf(url));
  const name = `Postgres at ${host}, as the way between servers,`;
  const beat = { every: 1_000, patience: 1_000 };
  const deaf =
    `${host} loses LISTEN, as a pooler in transaction mode does: servers find each other's text by ` +
    'looking at the journal, later than needed. Give DATABASE_DIRECT_URL the address of Postgres itself, or of ' +
    'a pooler in session mode, or set REDIS_URL';
  const { log, namespace = '' } = options;
  return createLinkedBus({ name, open: linkTo(url, namespace, log), beat, deaf }, options);
}

/** A channel of Postgres: a name of at most 63 bytes, that needs no quotes. */
function channelName(namespace: string, channel: string): string {
  const hash = createHash('sha256').update(`${namespace}\0${channel}`).digest('hex');
  return `counterpoint_${hash.slice(0, 32)}`;
}

function linkTo(url: string, namespace: string, log: Log): OpenLink {
  return (serverId, { heard, lost }) => {
    const own = ownPrefix(serverId);
    /** Channels by the names that Postgres knows them by. */
    const channels = new Map<string, string>();
    const assembly = createAssembly();
    let number = 0;
    let ended = false;

    function hear(name: string, payload: string): void {
      const channel = channels.get(name);
      if (channel === undefined) return;
      // What the server said itself comes back too, and costs no decoding; but it hears its own beat.
      if (payload.startsWith(own) && !channel.endsWith(serverId)) return;
      const whole = assembly.add(payload);
      if (whole !== null) heard(channel, whole.from, whole.message);
    }

    /** What the driver would connect anew for must not be asked of it any more. */
    const give = (reason: Error) => {
      ended = true;
      outbox.end();
      lost(reason);
    };
    const onclose = () => give(new Error('the connection was closed'));
    const settings = { log, max: 1, statementTimeout: 5_000 };
    const named = (what: string) => ({ ...settings, name: `counterpoint ${what}` });
    const listener = openClient(url, { ...named('bus listener'), onnotify: hear }, onclose);
    const publisher = openClient(url, named('bus publisher'), onclose);

    /**
     * The same text but for the payloads, so that statistics of statements know it as one. NOTIFY takes
     * part in a commit, which nobody has to wait for the disk for.
     */
    const outbox = createOutbox(async (lines) => {
      await publisher.unsafe(
        `set local synchronous_commit = off;
         select pg_notify(split_part(line, ' ', 1), split_part(line, ' ', 2))
         from unnest(string_to_array('${lines.join(',')}', ',')) as lines(line)`,
      );
    });

    return {
      opened: Promise.all([listener`select 1`, publisher`select 1`]).then(() => undefined),
      async listen(names) {
        if (ended) throw new Error('The connection to Postgres has been ended');
        const statements = names.map((channel) => {
          const name = channelName(namespace, channel);
          channels.set(name, channel);
          return `listen ${name}`;
        });
        await listener.unsafe(statements.join(';'));
      },
      unlisten(channel) {
        const name = channelName(namespace, channel);
        channels.delete(name);
        if (!ended) listener.unsafe(`unlisten ${name}`).catch(lost);
      },
      send(channel, message) {
        const name = channelName(namespace, channel);
        number += 1;
        return outbox.add(split(serverId, number, message).map((part) => `${name} ${part}`));
      },
      // A closed connection is told of by the driver, a silent one by the message to oneself.
      ping: async () => undefined,
      async end() {
        give(new Error('ended'));
        await Promise.all([listener.end({ timeout: 0 }), publisher.end({ timeout: 0 })]);
      },
    };
  };
}
