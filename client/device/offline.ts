/**
 * What lets this browser open its copies again while no server answers: the session's keys, and who
 * it is. It lies on the disk from the moment in which the server falls silent to that in which it
 * answers, and not after the session's time. Otherwise the keys are in the memory of pages alone.
 */
import type { User } from '../../shared/api/people.ts';
import type { PieceRole } from '../../shared/roles.ts';
import type { DeviceKeys } from './keys.ts';

/** Who is here and what they may do, as the server last said. */
export interface Known {
  readonly me: User;
  readonly roles: Record<string, PieceRole>;
}

const vault = () => import('./vault.ts');

let keys: DeviceKeys | null = null;
let me: User | null = null;
let roles: Record<string, PieceRole> = {};
/** Whether it is to lie on the disk. Null: nobody knows yet what lies there. */
let wanted: boolean | null = null;
let work: Promise<unknown> = Promise.resolve();

export const offline = {
  /** The keys of the session that goes on; null: there is none, or none that is known. */
  holdKeys(of: DeviceKeys | null): void {
    keys = of;
  },
  holdMe(user: User | null): void {
    me = user;
    if (user === null) roles = {};
  },
  holdRole(pieceId: string, role: PieceRole): void {
    roles[pieceId] = role;
  },
  get me(): User | null {
    return me;
  },
  role(pieceId: string): PieceRole | null {
    return roles[pieceId] ?? null;
  },
  serverAnswered(): void {
    if (wanted !== false) want(false);
  },
  serverSilent(): void {
    if (wanted !== true && keys && me) want(true);
  },
  /** Takes out what was kept, for a page that begins without a server; null: nothing was. */
  async take(): Promise<DeviceKeys | null> {
    await work;
    try {
      const found = await (await vault()).read();
      if (found === null) return null;
      ({ keys } = found);
      ({ me, roles } = found.known);
      wanted = true;
      return keys;
    } catch (error) {
      console.warn('What was kept on this device cannot be read', error);
      return null;
    }
  },
};

function want(kept: boolean): void {
  wanted = kept;
  work = work
    .then(async () => {
      const { keep, forget } = await vault();
      if (wanted !== kept) return;
      if (!kept) await forget();
      else if (keys && me) await keep(keys, { me, roles });
    })
    .catch((error: unknown) => console.warn('Nothing can be kept on this device', error));
}
