import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const outDir = path.join(import.meta.dirname, '../dist/server');
/** What older builds have left is kept for so long, in ms: a server that still runs loads of it what it needs late. */
const keptMs = 24 * 3_600_000;
/** Since when, in ms, which files are of older builds. */
const supersededName = 'superseded.json';

const packages = 'packages';

/**
 * What starts a process or a thread. All files lie in one folder, where `worker-file.ts` finds a thread's
 * beside whichever file it was built into.
 */
const entries = { cli: 'cli.ts', worker: 'workers/worker.ts' };

/**
 * The server with its packages, in few files: to find, read and link 2,100 modules took half of the time
 * that a start takes.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [withoutMapsOfPackages(), withoutOlderBuilds()],
  ssr: {
    noExternal: true,
    // It loads a binary that lies beside it.
    external: ['@node-rs/argon2'],
  },
  build: {
    ssr: true,
    outDir,
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    // For whoever reads a trace of the log.
    sourcemap: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: entries,
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: ({ name }) =>
          `${name.startsWith(packages) ? packages : '[name]'}-[hash].js`,
        codeSplitting: {
          groups: [
            // What the command line shares with its commands. In cli.js, they would run that again.
            { name: 'shared', test: /[\\/](commander|zod)[\\/]|[\\/](signals|package-root)\.ts$/ },
            // By who needs them, so that what is imported late is still loaded late.
            { name: packages, test: /[\\/]node_modules[\\/]/, entriesAware: true },
          ],
        },
      },
    },
  },
});

/** Node reads the map of each file that it loads, and those of packages are nine tenths of all. */
function withoutMapsOfPackages(): Plugin {
  return {
    name: 'without-maps-of-packages',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk' || !file.name.startsWith(packages)) continue;
        delete bundle[`${file.fileName}.map`];
        file.map = null;
        file.code = file.code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
      }
    },
  };
}

async function readSuperseded(): Promise<Record<string, number>> {
  try {
    const text = await readFile(path.join(outDir, supersededName), 'utf8');
    return JSON.parse(text) as Record<string, number>;
  } catch (err) {
    // The first build, or one that was killed: what is there counts from now on.
    const isMissing = err instanceof Error && 'code' in err && err.code === 'ENOENT';
    if (isMissing || err instanceof SyntaxError) return {};
    throw err;
  }
}

function withoutOlderBuilds(): Plugin {
  return {
    name: 'without-older-builds',
    apply: 'build',
    // Those whose names say nothing of what they hold are made anew: a copy of this folder by hard links is
    // not to get some of them.
    async generateBundle(_options, bundle) {
      for (const { fileName } of Object.values(bundle)) {
        const name = fileName.replace(/\.js(\.map)?$/, '');
        if (name in entries) await rm(path.join(outDir, fileName), { force: true });
      }
    },
    async writeBundle(_options, bundle) {
      const before = await readSuperseded();
      const superseded: Record<string, number> = {};
      for (const name of await readdir(outDir)) {
        if (name in bundle || name === supersededName) continue;
        const since = before[name] ?? Date.now();
        if (Date.now() - since <= keptMs) superseded[name] = since;
        else await rm(path.join(outDir, name), { recursive: true });
      }
      await writeFile(path.join(outDir, supersededName), JSON.stringify(superseded));
    },
  };
}
