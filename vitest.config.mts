import { defineConfig } from 'vitest/config';

// A file's name says what it needs: *.test.ts nothing but itself, *.cluster.test.ts the real API server
// that test/support/control-plane-setup.ts starts once for all of them, *.soak.test.ts the same and many minutes,
// *.package.test.ts the tools of the language that it is about, *.container.test.ts buildah and podman,
// *.e2e.test.ts the node with containers that test/e2e/vitest-setup.ts starts once for all of them.
export default defineConfig({
  test: {
    teardownTimeout: 90_000, // a node ends within a minute, or says what is left of it
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{cluster,soak,package,container,e2e}.test.ts'],
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/**/*.cluster.test.ts'],
          globalSetup: 'test/support/control-plane-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'soak',
          include: ['test/**/*.soak.test.ts'],
          globalSetup: 'test/support/control-plane-setup.ts',
          testTimeout: 900_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'packages',
          include: ['test/**/*.package.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'containers',
          include: ['test/**/*.container.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          globalSetup: 'test/e2e/vitest-setup.ts',
          fileParallelism: false, // what a file does to the node, the pods of others would feel
          testTimeout: 1_200_000, // longer than the waits of a test together: one that comes to nothing says what it waited for
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
