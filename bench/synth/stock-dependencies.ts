import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keptFolder } from '../../devcluster/builds/kept-folder.ts';
import type { Progress } from '../../devcluster/progress.ts';
import { ROOT, TEMPLATE } from './stock-template.ts';

type Dependencies = Readonly<Record<string, string>>;

/** The rendered manifests depend on these packages, so both sides have the same versions. */
const OUR_VERSIONS = ['cdk8s', 'cdk8s-plus-27', 'constructs'];

/**
 * A folder with everything that `npm install` installs for the stock template. The first call creates it in half a
 * minute, and it stays in the cache. npm uses its own configuration.
 */
export async function stockDependencies(onProgress: Progress, signal: AbortSignal): Promise<string> {
  const manifest = await packageJson();
  return keptFolder('stock-template', [process.version, manifest], async (folder) => {
    onProgress("installing the stock template's dependencies");
    await writeFile(join(folder, 'package.json'), manifest);
    await install(folder, signal);
  });
}

/**
 * The template's package.json with the versions of cdk8s and cdk8s-cli from here. The CLI fills in its own version in
 * the same way.
 */
async function packageJson(): Promise<string> {
  const template = await readJson(join(TEMPLATE, 'package.json'));
  const ours = (await readJson(join(ROOT, 'package.json'))).devDependencies;
  const pinned = (name: string) => [name, ours[name]];
  const manifest = {
    ...template,
    name: 'stock-template',
    dependencies: Object.fromEntries(OUR_VERSIONS.map(pinned)),
    devDependencies: { ...template.devDependencies, ...Object.fromEntries([pinned('cdk8s-cli')]) },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

async function readJson(path: string): Promise<{ readonly devDependencies: Dependencies }> {
  return JSON.parse(await readFile(path, 'utf8'));
}

async function install(folder: string, signal: AbortSignal): Promise<void> {
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
  try {
    await promisify(execFile)('npm', args, { cwd: folder, signal });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(
      `could not install the stock template's dependencies (this needs npm and its registry): ` +
        (stderr.trim().split('\n').slice(-5).join('\n') || (error as Error).message),
      { cause: error },
    );
  }
}
