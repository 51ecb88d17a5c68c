#!/usr/bin/env node
// Committed, because npm links no workspace command whose file is absent when `npm ci` runs.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '../build/node/multisite-init.cjs');
if (existsSync(program)) {
  require(program);
} else {
  process.stderr.write('multisite-init: not built yet. Run `npm run build` in the repository first.\n');
  process.exitCode = 2;
}
