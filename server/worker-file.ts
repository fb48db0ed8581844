import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * The file of a worker thread, beside the module whose `import.meta.url` is `from`. That module runs
 * as JavaScript (dist) or as TypeScript (tsx, vitest); its worker likewise.
 */
export function workerFile(from: string, name: string): URL {
  const typescript = from.endsWith('.ts');
  const file = new URL(`./${name}.${typescript ? 'ts' : 'js'}`, from);
  return typescript ? throughTsx(file) : file;
}

/** A thread has to register tsx itself: `--import tsx` does nothing in a thread of a tsx process. */
function throughTsx(file: URL): URL {
  // The folder of tsx, not its entry: a CommonJS lookup would bring the entry for `require`.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const api = new URL('dist/esm/api/index.mjs', tsx).href;
  const start = `import { register } from '${api}'; register(); await import('${file.href}');`;
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`);
}
