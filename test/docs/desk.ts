import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { kubernetesBinary } from '../../devcluster/builds/kubernetes.ts';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where somebody sits who types what a document says: a folder that is its home as well, and the clusters. */
export interface Desk {
  readonly folder: string;
  /** Types a script; resolves to what it prints. @throws with what it says on stderr when a command of it fails */
  type(script: string, env?: Readonly<Record<string, string>>): Promise<string>;
  write(name: string, text: string): Promise<void>;
}

/** @param clusters by the names of their contexts; the first one is the current one */
export async function sitDown(clusters: Readonly<Record<string, Access>>): Promise<Desk> {
  const folder = await temporaryFolder();
  for (const name of ['lib', 'node_modules', 'package.json']) {
    await symlink(join(ROOT, name), join(folder, name));
  }
  // Not the folder itself, which `cdk8s synth` empties at times.
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  await mkdir(join(folder, 'bin'));
  await symlink(await kubernetesBinary('kubectl'), join(folder, 'bin/kubectl'));
  await mkdir(join(folder, '.kube'));
  await writeFile(join(folder, '.kube/config'), kubeconfig(clusters).exportConfig());
  const { KUBECONFIG: _, ...inherited } = process.env;
  return {
    folder,
    type: async (script, env = {}) => {
      const PATH = `${join(folder, 'bin')}:${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
      const { stdout, stderr } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
        cwd: folder,
        env: { ...inherited, HOME: folder, PATH, ...env },
      });
      // What people type shows no token.
      expect(stdout + stderr).not.toContain('eyJ');
      return stdout;
    },
    write: (name, text) => writeFile(join(folder, name), text),
  };
}

/** How to reach a cluster, and as whom. */
export interface Access {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** As in the list `users` of client-node. */
  readonly user: { readonly token: string } | { readonly certData: string; readonly keyData: string };
}

/** The admin's access to a control plane. */
export function adminOf({ kubeconfig: file, url, ca }: ControlPlaneFacts): Access {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(file);
  const { certData = '', keyData = '' } = kubeConfig.getCurrentUser() ?? {};
  return { server: url, ca, user: { certData, keyData } };
}

function kubeconfig(clusters: Readonly<Record<string, Access>>): KubeConfig {
  const kubeConfig = new KubeConfig();
  const names = Object.keys(clusters);
  kubeConfig.loadFromOptions({
    clusters: names.map((name) => ({
      name,
      server: clusters[name]?.server,
      caData: Buffer.from(clusters[name]?.ca ?? '').toString('base64'),
      skipTLSVerify: false,
    })),
    users: names.map((name) => ({ name, ...clusters[name]?.user })),
    contexts: names.map((name) => ({ name, cluster: name, user: name })),
    currentContext: names[0],
  });
  return kubeConfig;
}
