import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1Container } from '@kubernetes/client-node';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { initContainer, podAccount, podSpec, runInitProgram } from '../../start/init-program.ts';
import { only } from '../../start/manifests.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { admin } from '../support/admin.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { APPLY, kubectl } from './kubectl.ts';

/** The manifests of dist/ as they were on a day, one folder each. They stay as they are until 1.0. */
const FOLDERS = join(import.meta.dirname, 'fixtures/old-manifests');

const WITHIN_SECONDS = { timeout: 20_000, interval: 100 };

/** The manifests for a namespace of their own, since dist/ itself is applied by other tests. */
async function manifests(folder: string, namespace: string): Promise<string> {
  const files = (await readdir(join(FOLDERS, folder))).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(FOLDERS, folder, file), 'utf8')));
  return texts
    .join('---\n')
    .replaceAll(/(namespace: |--namespace=|^ {2}name: )cloudify$/gm, `$1${namespace}`);
}

function objectsOf(text: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => document.toJS() ?? []);
}

describe.each(await readdir(FOLDERS))('the manifests of %s run with the image of today', (folder) => {
  test('init container and refresher write and keep the entry, with the rights that they have', async () => {
    const namespace = `manifests-${folder}`;
    const text = await manifests(folder, namespace);
    await kubectl(APPLY, text);
    const deployment = only(objectsOf(text), 'Deployment');
    const { host, port, ca } = inject('controlPlane');
    const serviceAccountDirectory = await temporaryFolder();
    const token = await requestToken(admin(), namespace, podAccount(deployment));
    await writeServiceAccount(serviceAccountDirectory, token, ca);
    const pod = { host, port: String(port), serviceAccountDirectory };
    const configMap = ['configmap', 'multisite-kubeconfig-configmap', '-n', namespace];
    const document = () => kubectl(['get', ...configMap, '-o', 'jsonpath={.data.kubeconfig}']);

    const ended = await runInitProgram(initContainer(deployment), pod);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context "central"/) });
    const written = await document();
    expect(parse(written)['current-context']).toBe('central');

    const free = await freePort();
    const stop = new AbortController();
    const running = runInitProgram(refresherOf(deployment, free), pod, stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running.catch(() => undefined);
    });
    const isReady = () => fetch(`http://127.0.0.1:${free}/readyz`).then(({ ok }) => ok);
    await vi.waitUntil(() => isReady().catch(() => false), WITHIN_SECONDS);
    expect(await document()).toBe(written);
    await kubectl(['patch', ...configMap, '--type=merge', '-p', '{"data":null}']);
    await vi.waitUntil(document, WITHIN_SECONDS);
  });
});

/** The container, at a port that nothing else on this machine has. */
function refresherOf(deployment: KubernetesObject, port: number): V1Container {
  const refresher = podSpec(deployment).containers.find(({ name }) => name.endsWith('-refresh'));
  return {
    name: 'refresher',
    args: refresher?.args?.map((arg) => arg.replace(/^--port=.*/, `--port=${port}`)),
  };
}
