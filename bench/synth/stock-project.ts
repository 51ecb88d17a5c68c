import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, TEMPLATE } from './stock-template.ts';

/**
 * The project that `cdk8s init typescript-app` makes, with this repository's app as its `main.ts`. The command itself
 * would also download the Kubernetes API, which the app does not use, and it has no option for versions.
 */
async function createStockProject(folder: string, dependencies: string): Promise<void> {
  await mkdir(folder);
  for (const name of ['cdk8s.yaml', 'tsconfig.json']) {
    await cp(join(TEMPLATE, name), join(folder, name));
  }
  await cp(join(dependencies, 'package.json'), join(folder, 'package.json'));
  await linkEntries(join(dependencies, 'node_modules'), join(folder, 'node_modules'));
}

/** A stock project with this package among its dependencies. */
export async function createUserProject(folder: string, dependencies: string): Promise<void> {
  await createStockProject(folder, dependencies);
  await installPackage(join(folder, 'node_modules/cdk8s-multisite'));
  await writeFile(join(folder, 'main.ts'), await appOfUser());
}

/** A stock project with all sources of this repository, and the ECMAScript version that they need. */
export async function createSameSourcesProject(folder: string, dependencies: string): Promise<void> {
  await createStockProject(folder, dependencies);
  await cp(join(ROOT, 'src'), folder, { recursive: true });
  const { target, lib } = (await readJson(join(ROOT, 'tsconfig.json'))).compilerOptions;
  const { compilerOptions, ...rest } = await readJson(join(TEMPLATE, 'tsconfig.json'));
  const tsconfig = { ...rest, compilerOptions: { ...compilerOptions, target, lib } };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig, undefined, 2));
}

async function readJson(path: string): Promise<{ readonly compilerOptions: Record<string, unknown> }> {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** Links each entry, so that this package can be added without a change of the cache. */
async function linkEntries(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from)) {
    await symlink(join(from, name), join(to, name));
  }
}

/** The files that npm would publish, so that there is one cdk8s for the app and for the constructs. */
async function installPackage(folder: string): Promise<void> {
  const manifest = await readFile(join(ROOT, 'package.json'), 'utf8');
  const { files } = JSON.parse(manifest) as { readonly files: readonly string[] };
  for (const name of ['package.json', ...files]) {
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  }
}

/** src/main.ts with the constructs imported from the package. What the apps of this repository share is not in its index. */
async function appOfUser(): Promise<string> {
  const app = await readFile(join(ROOT, 'src/main.ts'), 'utf8');
  return app
    .replaceAll(/from '\.\/private\/([^']+)'/g, "from 'cdk8s-multisite/lib/private/$1'")
    .replaceAll(/from '\.\/[^']+'/g, "from 'cdk8s-multisite'");
}
