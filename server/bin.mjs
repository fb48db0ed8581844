#!/usr/bin/env node
/**
 * Starts the command line: builds what is stale, then runs it in this process, so that signals
 * reach it.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const builder = path.join(root, 'server/build.mjs');

// An installation without sources has been built elsewhere.
const { buildWhereStale } = existsSync(builder)
  ? await import(builder)
  : { buildWhereStale: async () => true };

if (await buildWhereStale()) await import('../dist/server/cli.js');
else process.exitCode = 1;
