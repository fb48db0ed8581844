import { project, run } from './vitest.config.ts';

const folders = ['shared', 'protocol', 'client', 'collab', 'engine', 'server'];
/** What takes long, and stands for a kind that a shorter one stands for as well, or needs more than a server. */
const slow = [
  'server/{backup,db,doctor,history,metrics,jobs,rights}/**',
  '**/{fields,histories,matrix,first-start,kill-server,full,live,told}.test.ts',
  '**/{large-*,much-at-once,hydrate,tidier,saved-after-deletion,held-bytes,never-saved}.test.ts',
  '**/{markdown-identity,import-markdown,critic-escapes,bodies,import,discussion-size,cli,long-body}.test.ts',
  '**/{web-app,guessing,opens-again,oidc,secrets-in-log,request-ids,session,on-threads}.test.ts',
  // They put something in the place of a module.
  '**/{hashing,passwords}.test.ts',
];

/** For while one works (`npm run test:quick`): what changes most often, in processes that files share. */
export default run([
  project(
    'quick',
    folders.map((folder) => `test/${folder}/**/*.test.ts`),
    { exclude: slow.map((files) => `test/${files}`), isolate: false },
  ),
]);
