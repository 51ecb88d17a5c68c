import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { runKubectl, succeeded } from '../../../devcluster/control-plane/kubectl.ts';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { whoAmI } from '../../../start/written-kubeconfig.ts';
import { ENGINE_NAMES } from '../../support/multisite-init.ts';
import { CONFIG_MAP } from '../../support/site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CORPUS, central, OTHERS, written } from './documents-to-read.ts';

interface Named {
  readonly name: string;
}

interface View {
  readonly clusters: Named[] | null;
  readonly contexts: Named[] | null;
  readonly users: Named[] | null;
  readonly 'current-context': string;
}

/** What kubectl makes of a document, everything shown. */
async function kubectlView(text: string): Promise<View> {
  return JSON.parse(await kubectl(text, 'config', 'view', '--raw', '--output=json')) as View;
}

async function kubectl(kubeconfig: string, ...args: string[]): Promise<string> {
  const file = join(await temporaryFolder(), 'config');
  await writeFile(file, kubeconfig);
  return succeeded(runKubectl(file, [...args, `--cache-dir=${file}-cache`]));
}

test.each(Object.entries(CORPUS))(
  'kubectl and client-node read a merged document of %s',
  async (_, before) => {
    const was = await kubectlView(before);
    const { text } = mergeEntry(before, central);
    const is = await kubectlView(text);
    for (const section of ['clusters', 'contexts', 'users'] as const) {
      const own = section === 'users' ? 'user00' : 'central';
      expect(is[section]?.filter(({ name }) => name !== own)).toEqual(was[section] ?? []);
    }
    expect(is.clusters?.find(({ name }) => name === 'central')).toEqual({
      name: 'central',
      cluster: { server: central.server, 'certificate-authority-data': central.certificateAuthorityData },
    });
    expect(is.contexts?.find(({ name }) => name === 'central')).toEqual({
      name: 'central',
      context: { cluster: 'central', user: 'user00' },
    });
    expect(is.users?.find(({ name }) => name === 'user00')).toEqual({
      name: 'user00',
      user: { token: central.token },
    });
    expect(is['current-context']).toBe(was['current-context'] || 'central');

    // It reads neither `!!binary` nor merge keys, whoever wrote them.
    if (/!!binary|<<:/.test(before)) {
      return;
    }
    const client = new KubeConfig();
    client.loadFromString(text);
    client.setCurrentContext('central');
    expect(client.getCurrentCluster()).toMatchObject({
      server: central.server,
      caData: central.certificateAuthorityData,
    });
    expect(client.getCurrentUser()).toMatchObject({ name: 'user00', token: central.token });
  },
);

describe.each(ENGINE_NAMES)('what multisite-init on %s has written', (engine) => {
  test('keeps every byte of the others', async () => {
    const { document } = await written(engine);
    expect(document.startsWith(OTHERS)).toBe(true);
    expect(document.slice(OTHERS.length)).toMatch(/^- cluster:\r\n/);
    expect(document.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('kubectl reads, and reaches the API server with', async () => {
    const { site, document, expected } = await written(engine);
    const get = ['get', 'configmap', CONFIG_MAP, `--namespace=${site.namespace}`, '--output=json'];
    const { data, metadata } = JSON.parse(await kubectl(document, ...get));
    const who = JSON.parse(await kubectl(document, 'auth', 'whoami', '--output=json'));
    const user = who.status.userInfo.username;
    expect({ resourceVersion: metadata.resourceVersion, data, user }).toEqual(expected);
  });

  test('client-node reads, and reaches the API server with', async () => {
    const { site, document, expected } = await written(engine);
    const client = new KubeConfig();
    client.loadFromString(document);
    const { data, metadata } = await client
      .makeApiClient(CoreV1Api)
      .readNamespacedConfigMap({ namespace: site.namespace, name: CONFIG_MAP });
    const user = await whoAmI(client);
    expect({ resourceVersion: metadata?.resourceVersion, data, user }).toEqual(expected);
  });
});
