import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig, type V1ConfigMap } from '@kubernetes/client-node';
import { inject } from 'vitest';
import { MultisiteKubeconfig } from '../../src/index.ts';
import { kubectl } from '../src/kubectl.ts';

const NAME: string = MultisiteKubeconfig.DEFAULT_NAME;
const KEY = MultisiteKubeconfig.DEFAULT_KEY;

/** The kubeconfig of all sites, in a ConfigMap of a namespace. */
export async function readDocument(namespace: string, name = NAME): Promise<string> {
  return (await read(namespace, name)).data?.[KEY] ?? '';
}

/** Changes it by hand, as docs/multisite-init/tasks.md does: nobody's write in between is lost. */
export async function editDocument(namespace: string, edit: (document: string) => string): Promise<string> {
  const { metadata, data } = await read(namespace, NAME);
  const edited = edit(data?.[KEY] ?? '');
  const patch = { metadata: { resourceVersion: metadata?.resourceVersion }, data: { [KEY]: edited } };
  const file = join(inject('node').folder, `${namespace}.patch.json`);
  await writeFile(file, JSON.stringify(patch));
  const flags = ['--type=merge', `--patch-file=${file}`, '--field-manager=cdk8s-multisite'];
  await kubectl(['patch', 'configmap', NAME, '-n', namespace, ...flags]);
  return edited;
}

/** The token of the current context, which is the first site's. */
export function tokenOf(document: string): string {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(document);
  const token = kubeConfig.getCurrentUser()?.token;
  if (token === undefined) {
    throw new Error('the current context has no token');
  }
  return token;
}

/** The sites of a document that have all three entries: context, cluster and user. */
export function sitesIn(document: string): string[] {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(document);
  return kubeConfig
    .getContexts()
    .filter(({ cluster, user }) => kubeConfig.getCluster(cluster) && kubeConfig.getUser(user))
    .map(({ name }) => name);
}

async function read(namespace: string, name: string): Promise<V1ConfigMap> {
  return JSON.parse(await kubectl(['get', 'configmap', name, '-n', namespace, '-o', 'json']));
}
