// Imported into every server before its own code, in the memory scenario only: collects garbage when
// the bench asks, so that resident memory shows what a server keeps and not when V8 last tidied up.
// `v8.setFlagsFromString` and not `--expose-gc`, which NODE_OPTIONS does not take on Node 20.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('message', (message) => {
  if (message !== 'collect-garbage') return;
  collect();
  process.send('collected');
});
// A listener keeps the channel, and with it the process, alive.
process.channel?.unref();
