import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const outDir = path.join(import.meta.dirname, '../dist/client');

/** What `npm run dev` serves pages for. */
const server = 'http://127.0.0.1:3000';

/**
 * What pages share, in two files: what the first page needs, and menus and dialogs. Automatic splitting
 * makes twenty of it, some of 200 bytes, and a browser fetches six at a time.
 */
const sharedFiles = [
  {
    name: 'base',
    paths: [
      '/client/api/http.',
      '/client/api/pieces.',
      '/client/device/offline.',
      '/client/device/session.',
      '/client/strings/',
      '/client/ui/avatar.',
      '/client/ui/clsx.',
      '/client/ui/loading/lazy-part.',
      '/client/ui/loading/waiting.',
      '/node_modules/@tanstack/',
      '/node_modules/lucide-react/',
      '/node_modules/react/',
      '/shared/api/statuses.',
      '/shared/roles.',
    ],
    but: /\/(details|people|piece|sharing|threads|transfer|history)\.ts$/,
  },
  {
    name: 'parts',
    paths: [
      '/client/ui/button/icon-button.',
      '/client/ui/input/choice.',
      '/client/ui/input/field.',
      '/client/ui/overlay/dialog.',
      '/client/ui/overlay/menu.',
      '/client/ui/overlay/tooltip.',
      '/node_modules/@floating-ui/',
      '/node_modules/@radix-ui/',
      '/node_modules/aria-hidden/',
      '/node_modules/get-nonce/',
      '/node_modules/react-remove-scroll',
      '/node_modules/react-style-singleton/',
      '/node_modules/tslib/',
      '/node_modules/use-callback-ref/',
      '/node_modules/use-sidecar/',
    ],
    but: null,
  },
].map(({ name, paths, but }) => ({
  name,
  test: (id: string) => paths.some((path) => id.includes(path)) && !but?.test(id),
  minShareCount: 2,
  // What they are made of is in other files already.
  includeDependenciesRecursively: false,
}));

export default defineConfig({
  root: import.meta.dirname,
  // Served by the server itself, at the root of its address.
  base: '/',
  plugins: [react(), serviceWorker(), compressed()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // Which files a page loads, for the bench that weighs them.
    manifest: true,
    // The content security policy lets fonts and images come from files of this server only.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: sharedFiles } } },
  },
  server: {
    proxy: {
      '/api': server,
      '/docs': server,
      '/openapi.json': server,
      '/healthz': server,
      '/collab': { target: server, ws: true },
    },
  },
});

/** Writes the names of all files that were built into the service worker, which keeps them. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    async writeBundle(_options, bundle) {
      const source = await readFile(path.join(import.meta.dirname, 'service-worker.js'), 'utf8');
      // Browsers that are supported take WOFF2; the alphabets beyond Latin are fetched when needed.
      const kept = Object.keys(bundle)
        .filter((file) => /\.(js|css)$/.test(file) || /-latin-.*\.woff2$/.test(file))
        .map((file) => `/${file}`)
        .sort();
      const version = createHash('sha256').update(source).update(kept.join()).digest('hex');
      const filled = source
        .replace('__VERSION__', version.slice(0, 16))
        .replace('__FILES__', JSON.stringify(kept));
      await writeFile(path.join(outDir, 'service-worker.js'), filled);
    },
  };
}

/** Packs every text file once, at build time, so that the server only hands out bytes. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async closeBundle() {
      const files = await readdir(outDir, { recursive: true });
      const texts = files.filter((file) => /\.(js|css|html|svg|json)$/.test(file));
      await Promise.all(
        texts.map(async (file) => {
          const content = await readFile(path.join(outDir, file));
          await writeFile(
            path.join(outDir, `${file}.gz`),
            await promisify(gzip)(content, { level: 9 }),
          );
          await writeFile(
            path.join(outDir, `${file}.br`),
            await promisify(brotliCompress)(content),
          );
        }),
      );
    },
  };
}
