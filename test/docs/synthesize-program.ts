import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installInto } from '../support/outsider.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs a program of the documents in a project that has installed the package. @returns the folder of its manifests */
export async function synthesizeProgram(program: string): Promise<string> {
  const folder = await temporaryFolder();
  await installInto(folder);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'main.ts'), program);
  const output = join(folder, 'dist');
  await promisify(execFile)(process.execPath, ['main.ts'], {
    cwd: folder,
    env: { ...process.env, CDK8S_OUTDIR: output },
  });
  return output;
}
