/** Run out of its sources, as `npm run dev` runs the server: prints what a worker thread answers. */
import { createWorkers } from '../../../server/workers/pool.ts';

const workers = createWorkers({ url: null, maxWaitingTasks: 1, importTimeoutMs: 60_000 });
const read = await workers.ask('Ana', 'read', { content: 'Words.', format: 'text' });
console.log(JSON.stringify(read));
await workers.close();
