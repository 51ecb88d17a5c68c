import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  type V1Container,
  type V1Role,
} from '@kubernetes/client-node';
import type { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { beforeEach, expect, inject, test, vi } from 'vitest';
import { MultisiteInit, MultisiteKubeconfig, SiteCredential } from '../../src/index.ts';
import { runInitProgram } from '../../start/init-program.ts';
import type { ProgramResult } from '../../start/pod-program.ts';
import { requestToken } from '../../start/service-account.ts';
import { readWrittenKubeconfig, whoAmI } from '../../start/written-kubeconfig.ts';
import { admin } from '../support/admin.ts';
import { CONFIG_MAP, enterSite, type Site } from '../support/site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { outerAddress, startFront } from '../support/tls-front.ts';
import { APP, initContainer } from './init-in.ts';
import { APPLY, createNamespace, kubectl } from './kubectl.ts';
import { newChart, theOnly, yaml } from './manifests.ts';

/** How long a controller, or what the API server knows of rights, may take. */
const PATIENCE = { timeout: 20_000, interval: 50 };

const controlPlane = inject('controlPlane');
const core = admin().makeApiClient(CoreV1Api);

let namespace: string;

beforeEach(async () => {
  namespace = `credential-${randomBytes(4).toString('hex')}`;
  await createNamespace(namespace);
});

/** A pod with the init container, which writes this credential to a ConfigMap. */
function chartWith(credential: (chart: Chart) => SiteCredential): Chart {
  const chart = newChart(namespace);
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const pod = new kplus.Pod(chart, 'App', APP);
  new MultisiteInit(chart, 'Init', { pod, configMap, location: 'edge', credential: credential(chart) });
  return chart;
}

/** Applies it, and enters the pod when its ServiceAccount has the rights of its Role and no others. */
async function enterPodOf(chart: Chart): Promise<Site> {
  await kubectl(APPLY, yaml(chart));
  const account = theOnly(chart, 'ServiceAccount').metadata?.name ?? '';
  const site = await enterSite(controlPlane, admin(), namespace, account);
  const { rules } = theOnly<V1Role>(chart, 'Role');
  await vi.waitFor(async () => expect(await rightsOf(site.token)).toEqual(rules), PATIENCE);
  return site;
}

/** What the API server says that the bearer may do in the namespace, without what everybody may. */
async function rightsOf(token: string): Promise<unknown> {
  const body = { spec: { namespace } };
  const review = await bearer(token).makeApiClient(AuthorizationV1Api).createSelfSubjectRulesReview({ body });
  return review.status?.resourceRules.filter(({ apiGroups }) => apiGroups?.includes(''));
}

function bearer(token: string): KubeConfig {
  const kubeConfig = new KubeConfig();
  const cluster = admin().getCurrentCluster();
  if (cluster === null) {
    throw new Error('the kubeconfig has no current cluster');
  }
  kubeConfig.loadFromClusterAndUser(cluster, { name: 'bearer', token });
  return kubeConfig;
}

async function runIn({ directory }: Site, container: V1Container | undefined): Promise<ProgramResult> {
  if (container === undefined) {
    throw new Error('the pod has no init container');
  }
  const { host, port } = controlPlane;
  return runInitProgram(container, { host, port: String(port), serviceAccountDirectory: directory });
}

/** As whom readers act, by the kubeconfig as it was written. */
async function readerOf(site: Site): Promise<string> {
  return whoAmI(await readWrittenKubeconfig(site.kubeConfig, site.namespace, CONFIG_MAP, 'kubeconfig'));
}

test('the token in a Secret is written by the container as rendered, with the rights of its Role', async () => {
  const chart = chartWith((own) => {
    const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(own, 'Account', 'reader');
    const metadata = { name: 'reader-token' };
    return SiteCredential.secret(
      new kplus.ServiceAccountTokenSecret(own, 'Token', { metadata, serviceAccount }),
    );
  });
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'reader' } } });
  const site = await enterPodOf(chart);

  const ended = await runIn(site, initContainer(chart));

  expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('token without an end') });
  expect(await readerOf(site)).toBe(`system:serviceaccount:${namespace}:reader`);
});

/** The container with a volume of it in a folder, as the kubelet would have mounted it. */
async function mounted(container: V1Container | undefined, volume: string, files: Record<string, string>) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
  }
  const path = container?.volumeMounts?.find(({ name }) => name === volume)?.mountPath;
  if (container === undefined || path === undefined) {
    throw new Error(`nothing mounts the volume ${volume}`);
  }
  return { ...container, args: container.args?.map((arg) => arg.replace(`=${path}/`, `=${folder}/`)) };
}

test('the token in a file is written by the container as rendered, with its address and CA', async () => {
  const { url, ca } = await startFront(outerAddress());
  const chart = chartWith((own) => {
    const secret = kplus.Secret.fromSecretName(own, 'Secret', 'edge');
    const volume = kplus.Volume.fromSecret(own, 'Files', secret, { name: 'files' });
    return SiteCredential.file(volume, { server: url, tokenFile: 'edge-token', caFile: 'edge.crt' });
  });
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'reader' } } });
  const token = await requestToken(admin(), namespace, 'reader');
  const site = await enterPodOf(chart);

  const container = await mounted(initContainer(chart), 'files', { 'edge-token': token, 'edge.crt': ca });
  const ended = await runIn(site, container);

  expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`context "edge" (${url}, `) });
  expect(await site.kubeconfig()).toMatchObject({
    clusters: [
      {
        name: 'edge',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(ca.trim()).toString('base64') },
      },
    ],
    users: [{ name: 'user00', user: { token } }],
  });
  expect(await readerOf(site)).toBe(`system:serviceaccount:${namespace}:reader`);
});

test('a requested token is written by the container as rendered, with the rights of its Role', async () => {
  const chart = chartWith((own) =>
    SiteCredential.requested(kplus.ServiceAccount.fromServiceAccountName(own, 'Account', 'reader')),
  );
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'reader' } } });
  const site = await enterPodOf(chart);

  expect(await runIn(site, initContainer(chart))).toMatchObject({ exitCode: 0 });
  expect(await readerOf(site)).toBe(`system:serviceaccount:${namespace}:reader`);
});
