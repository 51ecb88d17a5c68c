import { join } from 'node:path';

const RUNTIME = join(import.meta.dirname, '../runtime');

/** The program as it is shipped, for each of its engines. */
export const NODE_COMMAND = join(RUNTIME, 'bin/multisite-init.cjs');
export const NODE_BUNDLES = join(RUNTIME, 'build/node');
export const BUN_BINARY = join(RUNTIME, 'build/bin/multisite-init');
