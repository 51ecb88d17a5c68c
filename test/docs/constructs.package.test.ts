import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { manifestsIn } from '../packages/manifests.ts';
import { installPackage, pythonEnvironment } from '../packages/python-package.ts';
import { run } from '../packages/run.ts';
import { installInto } from '../support/outsider.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openBook } from './book.ts';

let python: string;

beforeAll(async () => {
  python = await pythonEnvironment();
});

test('the first chart of docs/constructs.md renders in Python what it does in TypeScript', async () => {
  const guide = await openBook('docs/constructs.md');
  const folder = await temporaryFolder();
  await installInto(folder);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'main.ts'), guide.take('ts', '// Your workload'));
  await writeFile(join(folder, 'main.py'), guide.take('python', 'app.synth()'));

  const typescript = join(folder, 'typescript');
  const options = { cwd: folder, install: 'npm ci' };
  await run(process.execPath, ['main.ts'], { ...options, env: { CDK8S_OUTDIR: typescript } });
  const PYTHONPATH = await installPackage(python);
  const output = join(folder, 'python');
  await run(python, ['main.py'], { ...options, env: { PYTHONPATH, CDK8S_OUTDIR: output } });

  expect(await manifestsIn(output)).toEqual(await manifestsIn(typescript));
});
