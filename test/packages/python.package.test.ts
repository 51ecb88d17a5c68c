import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { manifestsIn, typescriptManifests } from './manifests.ts';
import { installPackage, PYTHON_TO_INSTALL, pythonEnvironment } from './python-package.ts';
import { run } from './run.ts';

const PROGRAM = join(import.meta.dirname, 'python/main.py');
const install = PYTHON_TO_INSTALL;

let python: string;

beforeAll(async () => {
  python = await pythonEnvironment();
});

test('a Python program synthesizes what the same in TypeScript does', async () => {
  const PYTHONPATH = await installPackage(python);
  const output = await temporaryFolder();
  await run(python, [PROGRAM, output], { install, env: { PYTHONPATH } });
  expect(await manifestsIn(output)).toEqual(await typescriptManifests());
  // What the package says that it needs is what the program has just run with.
  await run(python, ['-m', 'pip', 'check'], { install, env: { PYTHONPATH } });
});
