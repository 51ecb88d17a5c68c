import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { type HelmVersion, helmBinary } from '../../devcluster/builds/helm.ts';

export interface HelmOptions {
  /** The kubeconfig file to use. By default the admin's of the control plane that all tests of the run share. */
  readonly kubeconfig?: string;
  /** What a `-` among the arguments reads, for example values. */
  readonly stdin?: string;
}

/** Runs helm, which knows nothing but its arguments; rejects with what it says on stderr. */
export async function helm(
  version: HelmVersion,
  args: readonly string[],
  { kubeconfig = inject('controlPlane').kubeconfig, stdin = '' }: HelmOptions = {},
): Promise<string> {
  const command = await helmBinary(version);
  const folder = await mkdtemp(join(tmpdir(), 'helm-'));
  const env = {
    PATH: process.env.PATH,
    HOME: folder, // what it has discovered of an API server is there
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: join(folder, 'cache'),
    HELM_CONFIG_HOME: join(folder, 'config'),
    HELM_DATA_HOME: join(folder, 'data'),
  };
  try {
    const running = promisify(execFile)(command, args, { env });
    running.child.stdin?.end(stdin);
    return (await running).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
