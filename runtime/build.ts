// Bundles each program twice from one source: build/node/<program>.cjs for Node (the npm command), and
// build/bin/<program>, compiled by Bun with its engine (the image). In both, a run loads only the packages that it
// needs, because loading code is a large part of a short run (docs/performance.md).
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bun } from './bun.ts';
import packageJson from './package.json' with { type: 'json' };

/** Each program has a folder below programs/, and is a command of the npm package. */
const PROGRAMS = Object.keys(packageJson.bin);

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** For Node, code that only few runs need is bundled into separate files. Bun splits the code itself. */
const APART = {
  'client-node': { entry: path('kube/client-node.ts'), imports: /\/client-node\.ts$/ },
  diff: { entry: 'diff', imports: /^diff$/ },
  'prom-client': { entry: 'prom-client', imports: /^prom-client$/ },
  // The ES modules of yaml bundle into one scope, which loads in half the time of CommonJS.
  yaml: { entry: path('../node_modules/yaml/browser/index.js'), imports: /^yaml$/ },
};

const apart: Plugin = {
  name: 'apart',
  setup: ({ onResolve }) => {
    for (const [name, { imports }] of Object.entries(APART)) {
      onResolve({ filter: imports }, () => ({ path: `./${name}.cjs`, external: true }));
    }
  },
};

for (const [name, { entry }] of Object.entries(APART)) {
  await bundleForNode(entry, path(`build/node/${name}.cjs`), []);
}
for (const program of PROGRAMS) {
  const entry = path(`programs/${program}/main.ts`);
  await bundleForNode(entry, path(`build/node/${program}.cjs`), [apart]);
  // The program for the image needs Bun for Linux.
  if (process.platform === 'linux') {
    compileWithBun(entry, path(`build/bin/${program}`));
  }
}

async function bundleForNode(entry: string, outfile: string, plugins: Plugin[]): Promise<void> {
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
    plugins,
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
      '--format=esm',
      // It bundles the ES modules of yaml.
      `--tsconfig-override=${path('tsconfig.bun.json')}`,
      '--splitting',
      '--minify',
      // A short run spends most of its time on parsing and on first calls: ship parsed code, and optimize it late.
      '--bytecode',
      '--compile-jit-policy=100',
      // Only flags configure the program, never a file in the working directory.
      '--no-compile-autoload-dotenv',
      '--no-compile-autoload-bunfig',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}
