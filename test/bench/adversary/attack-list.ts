/** The attacks of `test/adversary`, and before them one that harms nobody, to judge the others by. */
import type { Attack } from '../../adversary/attack.ts';
import { attacks } from '../../adversary/attacks/index.ts';

/** What a process that computes at full speed takes away on this machine, whatever it computes. */
const idle: Attack = {
  name: 'nobody: a process that computes, and asks for nothing',
  prepare: async () => async (signal) => {
    for (let busy = 0; !signal.aborted; busy++) {
      const until = performance.now() + 5;
      while (performance.now() < until) Math.sqrt(busy);
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
};

/** Those whose name holds `part`; all where it is null. */
export function attacksNamed(part: string | null): readonly Attack[] {
  const all = [idle, ...attacks];
  return part === null ? all : all.filter(({ name }) => name.includes(part));
}

export function attackNamed(name: string): Attack {
  const found = [idle, ...attacks].find((attack) => attack.name === name);
  if (found === undefined) throw new RangeError(`there is no attack "${name}"`);
  return found;
}
