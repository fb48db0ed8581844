import { packageFile } from '../../server/package-root.ts';
import { pathToFileURL } from 'node:url';

/**
 * In the place of server/worker-file.ts (vitest.config.ts): the worker threads of a server within a
 * test run the build, which global-setup.ts has made. Through tsx each took 2.5 s of processor time
 * to start, out of the build 0.2 s; a run of all tests starts hundreds.
 */
export function workerFile(_from: string, name: string): URL {
  return pathToFileURL(packageFile(`dist/server/${name}.js`));
}
