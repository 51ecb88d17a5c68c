import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { synthesizeAnyPod } from './any-pod.ts';
import { manifestsIn, typescriptManifests } from './manifests.ts';
import { synthesize } from './program.ts';
import { installPackage, PYTHON_TO_INSTALL, pythonEnvironment } from './python-package.ts';
import { run } from './run.ts';

const PROGRAMS = join(import.meta.dirname, 'python');
const install = PYTHON_TO_INSTALL;

let python: string;

beforeAll(async () => {
  python = await pythonEnvironment();
});

test('Python programs synthesize what the same in TypeScript do', async () => {
  const PYTHONPATH = await installPackage(python);
  const manifestsOf = async (program: string) => {
    const output = await temporaryFolder();
    await run(python, [join(PROGRAMS, program), output], { install, env: { PYTHONPATH } });
    return manifestsIn(output);
  };
  expect(await manifestsOf('main.py')).toEqual(await typescriptManifests(synthesize));
  expect(await manifestsOf('any_pod.py')).toEqual(await typescriptManifests(synthesizeAnyPod));
  // What the package says that it needs is what the programs have just run with.
  await run(python, ['-m', 'pip', 'check'], { install, env: { PYTHONPATH } });
});
