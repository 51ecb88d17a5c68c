import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { ROOT } from './root.ts';
import { run } from './run.ts';

const { 'cdk8s-plus-27': PLUS_VERSION, 'jsii-pacmak': PACMAK_VERSION } = packageJson.devDependencies;

/** What the code that is generated of cdk8s-plus-27 depends on. */
export const PLUS_AND_PACMAK = [PLUS_VERSION, PACMAK_VERSION];

/** The npm packages to generate others from. */
export const OWN_PACKAGE = ROOT;
export const CDK8S_PLUS = join(ROOT, 'node_modules/cdk8s-plus-27');

/**
 * Generates the code of a package in another language, as `npm run package` does before it builds it.
 *
 * @returns the folder with the code
 */
export async function generate(
  npmPackage: string,
  language: 'python' | 'go' | 'java',
  output: string,
): Promise<string> {
  const pacmak = join(ROOT, 'node_modules/.bin/jsii-pacmak');
  const flags = ['--code-only', '--no-npmignore', `--target=${language}`, `--outdir=${output}`];
  await run(process.execPath, [pacmak, ...flags, npmPackage], {
    install: 'npm ci',
    // It packs for npm first, for which `prepare` would compile once more what other tests are reading.
    env: { npm_config_ignore_scripts: 'true' },
  });
  return join(output, language);
}
