import type { Bus } from '../../../server/bus/bus.ts';

/** What carries messages between the buses of a test. */
export interface Medium {
  /** A server more; of another installation where `namespace` is another. */
  join(namespace?: string): Bus;
  /** Whether a bus that has joined is as it stays; `live` where not given. */
  up?(bus: Bus): boolean;
  /** Connections that buses have open. */
  connections(): Promise<number>;
  /** How many generated sequences it is worth. */
  readonly runs: number;
}

export interface Message {
  readonly message: Uint8Array;
  readonly from: string;
}

export interface Inbox {
  readonly got: readonly Message[];
  readonly ready: Promise<boolean>;
  end(): void;
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = ({ message }: Message): string => new TextDecoder().decode(message);

/** Listens, and keeps what comes. */
export function collect(bus: Bus, channel: string): Inbox {
  const got: Message[] = [];
  const subscription = bus.subscribe(channel, (message, from) => {
    got.push({ message, from });
  });
  return { got, ready: subscription.ready, end: () => subscription.end() };
}
