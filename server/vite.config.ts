import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const outDir = path.join(import.meta.dirname, '../dist/server');
/** What older builds have left is kept for so long, in ms: a server that still runs loads of it what it needs late. */
const keptMs = 24 * 3_600_000;

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

function withoutOlderBuilds(): Plugin {
  return {
    name: 'without-older-builds',
    apply: 'build',
    // Files are made anew: a copy of this folder by hard links is not to get some of them.
    async generateBundle(_options, bundle) {
      for (const name in bundle) await rm(path.join(outDir, name), { force: true });
    },
    async writeBundle(_options, bundle) {
      for (const name of await readdir(outDir)) {
        const file = path.join(outDir, name);
        if (name in bundle) continue;
        const { mtimeMs } = await stat(file);
        if (Date.now() - mtimeMs > keptMs) await rm(file, { recursive: true });
      }
    },
  };
}
