#!/usr/bin/env node
// Committed, because npm links no workspace command whose file is absent when `npm ci` runs.
import { existsSync } from 'node:fs';

const program = new URL('../build/node/multisite-init.mjs', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('multisite-init: not built yet. Run `npm run build` in the repository first.\n');
  process.exitCode = 2;
}
