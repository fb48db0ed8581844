import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const outDir = path.join(import.meta.dirname, '../dist/client');

/** What `npm run dev` serves pages for. */
const server = 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  // Served by the server itself, at the root of its address.
  base: '/',
  plugins: [react(), compressed()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // Which files a page loads, for the bench that weighs them.
    manifest: true,
    // The content security policy lets fonts and images come from files of this server only.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
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
          await writeFile(path.join(outDir, `${file}.gz`), await promisify(gzip)(content));
          await writeFile(
            path.join(outDir, `${file}.br`),
            await promisify(brotliCompress)(content),
          );
        }),
      );
    },
  };
}
