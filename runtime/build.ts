// Bundles each program twice from one source: build/node/<program>.cjs for Node (the npm command), and
// build/bin/<program>, compiled by Bun with its engine (the image). For Node the Kubernetes client is a file of its own,
// which is loaded by the few runs that need it.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bun } from './bun.ts';

const PROGRAMS = ['multisite-init'];

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const CLIENT = 'client-node';

/** Leaves the import of kube/client-node.ts to run time, by the name of its bundle. */
const clientApart: Plugin = {
  name: 'client-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/client-node\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${CLIENT}.cjs`, external: true } : undefined,
    ),
};

await bundleForNode(path(`kube/${CLIENT}.ts`), path(`build/node/${CLIENT}.cjs`));
for (const program of PROGRAMS) {
  const entry = path(`${program}/main.ts`);
  await bundleForNode(entry, path(`build/node/${program}.cjs`));
  compileWithBun(entry, path(`build/bin/${program}`));
}

async function bundleForNode(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    logLevel: 'warning',
    legalComments: 'none',
    plugins: [clientApart],
  });
}

function compileWithBun(entry: string, outfile: string): void {
  execFileSync(
    bun(),
    [
      'build',
      entry,
      '--compile',
      `--outfile=${outfile}`,
      '--target=bun',
      '--format=cjs',
      '--minify',
      // Parsing and first calls are most of a short run: ship parsed code, and optimize it late.
      '--bytecode',
      '--compile-jit-policy=100',
      // The program obeys its flags alone, never a file that lies in the working directory.
      '--no-compile-autoload-dotenv',
      '--no-compile-autoload-bunfig',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}
