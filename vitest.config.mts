import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PART_NAMES, PARTS, type Part } from './test/runner/parts.ts';

const CONTROL_PLANE = 'test/support/control-plane-setup.ts';

/** They wait for the API server, and for the programs that they start. */
const WAITING_WORKERS = availableParallelism() + 1;

/** Long enough for a program to be built before, on a machine that does other things, too. */
const BUILD_TIMEOUT_MS = 1_200_000;

// A file's name says what it needs: *.test.ts nothing but itself, *.cluster.test.ts the real API server that
// test/support/control-plane-setup.ts starts once for all of them, the others what test/runner/parts.ts says of their part.
const suffixes = ['cluster', ...PART_NAMES.map((name) => PARTS[name].suffix)];

export default defineConfig({
  test: {
    teardownTimeout: 90_000, // a node ends within a minute, or says what is left of it
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [`test/**/*.{${suffixes.join(',')}}.test.ts`],
          testTimeout: 30_000, // on a machine that does other things, too
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/**/*.cluster.test.ts'],
          globalSetup: CONTROL_PLANE,
          testTimeout: 120_000,
          hookTimeout: BUILD_TIMEOUT_MS,
          maxWorkers: WAITING_WORKERS,
          env: { TEST_ENGINES: 'bun' }, // the part `npm` has the other
          sequence: { groupOrder: 1 },
        },
      },
      ...PART_NAMES.map((name) => [name, PARTS[name] as Part] as const).map(([name, part], index) => ({
        test: {
          name,
          include: [part.include ?? `test/**/*.${part.suffix}.test.ts`],
          testTimeout: 900_000,
          hookTimeout: BUILD_TIMEOUT_MS,
          sequence: { groupOrder: 2 + index },
          ...(part.cluster && { globalSetup: CONTROL_PLANE }),
          ...(part.parallel && { maxWorkers: WAITING_WORKERS }),
          ...(part.engines && { env: { TEST_ENGINES: part.engines } }),
          // The files share the node, so they run one at a time. The limit is longer than all waits of a test together, so that the
          // wait that came to nothing says so.
          ...(name === 'node' && {
            globalSetup: 'test/e2e/vitest-setup.ts',
            fileParallelism: false,
            testTimeout: 1_200_000,
          }),
        },
      })),
    ],
  },
});
