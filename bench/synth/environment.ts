import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { machine } from '../environment.ts';

/** The machine and the versions of a measurement of synth. */
export interface SynthEnvironment {
  readonly machine: string;
  readonly node: string;
  readonly npx: string;
  readonly cdk8sCli: string;
  /** The version in the stock template, whose dependencies are ranges. */
  readonly tsNode: string;
  readonly typescript: string;
}

export async function synthEnvironmentOf(
  dependencies: string,
  env: Readonly<Record<string, string>>,
): Promise<SynthEnvironment> {
  const version = async (name: string) => {
    const manifest = await readFile(join(dependencies, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(manifest) as { readonly version: string }).version;
  };
  const { stdout } = await promisify(execFile)('npx', ['--version'], { env });
  return {
    machine: machine(),
    node: process.version,
    npx: stdout.trim(),
    cdk8sCli: await version('cdk8s-cli'),
    tsNode: await version('ts-node'),
    typescript: await version('typescript'),
  };
}
