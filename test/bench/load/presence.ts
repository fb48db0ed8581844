/**
 * What a stock client remembers of everybody's presence, without the states themselves: it needs the
 * clocks alone to decide what is news, and news is what it echoes.
 */
import type { PresenceEntry } from './wire.ts';

/** After so long without a change, y-protocols sends its own state again with the next clock. */
const renewalMs = 15_000;

const gone = 'null';

interface Known {
  clock: number;
  here: boolean;
}

export class Presence {
  private readonly clientId: number;
  private readonly others = new Map<number, Known>();
  private state: string;
  /** 1 and not 0: a stock client starts with an empty state at 0 and sets the user with 1. */
  private clock = 1;
  private renewAt: number;

  constructor(clientId: number, state: string) {
    this.clientId = clientId;
    this.state = state;
    // People do not all join in the same second, so their renewals are spread over the period.
    this.renewAt = performance.now() + Math.random() * renewalMs;
  }

  own(): PresenceEntry {
    return { clientId: this.clientId, clock: this.clock, state: this.state };
  }

  /** The next own state, to be sent. */
  set(state: string): PresenceEntry {
    this.state = state;
    this.clock++;
    this.renewAt = performance.now() + renewalMs;
    return this.own();
  }

  /** The own state again when it is due, else null. */
  renewed(now: number): PresenceEntry | null {
    return now < this.renewAt ? null : this.set(this.state);
  }

  /** Takes what was received; returns what a stock client would send on: all that was news. */
  apply(entries: readonly PresenceEntry[]): PresenceEntry[] {
    return entries
      .filter((entry) => this.isNews(entry))
      .map((entry) => (entry.clientId === this.clientId ? this.own() : entry));
  }

  /** `applyAwarenessUpdate` of y-protocols for one entry. */
  private isNews(entry: PresenceEntry): boolean {
    const left = entry.state === gone;
    if (entry.clientId === this.clientId) return this.isNewsOfMyself(entry, left);
    const known = this.others.get(entry.clientId);
    const clock = known?.clock ?? 0;
    const news = entry.clock > clock || (entry.clock === clock && left && known?.here === true);
    if (!news) return false;
    this.others.set(entry.clientId, { clock: entry.clock, here: !left });
    return known !== undefined || !left;
  }

  /** Nobody can make us leave: whoever says that we did is told, one clock later, that we are here. */
  private isNewsOfMyself(entry: PresenceEntry, left: boolean): boolean {
    if (left ? entry.clock < this.clock : entry.clock <= this.clock) return false;
    this.clock = left ? entry.clock + 1 : entry.clock;
    if (!left) this.state = entry.state;
    return true;
  }
}
