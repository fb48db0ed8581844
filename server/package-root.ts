import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The path of a file of this package that is not TypeScript, such as `migrations`. It is sought
 * from the folder of package.json, because this file runs from server/ and from dist/server/.
 */
export function packageFile(relative: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return path.join(folder, relative);
}
