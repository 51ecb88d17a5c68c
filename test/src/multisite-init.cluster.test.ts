import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chart, Yaml } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MultisiteInit, MultisiteInitJob, MultisiteKubeconfig } from '../../src/index.ts';
import { restrictedPod, siteCredential } from './init-in.ts';
import { APPLY, canI, createNamespace, kubectl } from './kubectl.ts';
import { newChart, podSpec, theOnly, yaml } from './manifests.ts';

const RESTRICTED = 'restricted-init';

function podWithInit(namespace: string | undefined): Chart {
  const chart = newChart(namespace);
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInit(chart, 'Init', { pod: restrictedPod(chart), configMap });
  return chart;
}

describe('in a namespace that enforces Pod Security restricted', () => {
  beforeAll(() => createNamespace(RESTRICTED, { 'pod-security.kubernetes.io/enforce': 'restricted' }));

  test('a pod with the init container is created, all in one apply', async () => {
    const output = await kubectl(APPLY, yaml(podWithInit(RESTRICTED)));
    expect(output).toMatch(/^pod\/\S+ created$/m);
  });

  test('the pod of the Job is admitted', async () => {
    const chart = newChart(RESTRICTED);
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const credential = siteCredential(chart);
    new MultisiteInitJob(chart, 'Init', { configMap, credential, metadata: { name: 'job' } });
    await kubectl(APPLY, yaml(chart));
    // Nothing makes pods of Jobs here, so that this stands in for the Job's controller.
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'of-the-job', namespace: RESTRICTED },
      spec: podSpec(chart, 'Job'),
    };
    expect(await kubectl([...APPLY, '--dry-run=server'], JSON.stringify(pod))).toMatch(/created/);
  });

  test('a pod less restricted is not: the namespace does enforce it', async () => {
    const chart = podWithInit(RESTRICTED);
    const { kind, apiVersion } = theOnly(chart, 'Pod');
    const spec = podSpec(chart, 'Pod');
    for (const container of spec.initContainers ?? []) {
      delete container.securityContext?.seccompProfile;
    }
    delete spec.securityContext?.seccompProfile;
    const pod = { apiVersion, kind, metadata: { name: 'worse', namespace: RESTRICTED }, spec };
    await expect(kubectl([...APPLY, '--dry-run=server'], JSON.stringify(pod))).rejects.toThrow(
      /violates PodSecurity "restricted:latest": seccompProfile/,
    );
  });
});

describe('a chart without a namespace', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kustomize-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Whether the pod's account may patch the ConfigMap beside it, and the one of the same name elsewhere. */
  async function mayPatch(chart: Chart, namespace: string): Promise<Record<string, boolean>> {
    const account = `system:serviceaccount:${namespace}:${podSpec(chart, 'Pod').serviceAccountName}`;
    const resource = `configmap/${MultisiteKubeconfig.DEFAULT_NAME}`;
    const can = (where: string) => canI(['patch', resource, '-n', where, '--as', account]);
    return { beside: await can(namespace), elsewhere: await can('default') };
  }

  test('gives the rights in the namespace that `kubectl apply` says', async () => {
    const chart = podWithInit(undefined);
    await createNamespace('chosen-by-kubectl');
    await kubectl([...APPLY, '-n', 'chosen-by-kubectl'], yaml(chart));
    expect(await mayPatch(chart, 'chosen-by-kubectl')).toEqual({ beside: true, elsewhere: false });
    expect(await mayPatch(chart, 'default')).toEqual({ beside: false, elsewhere: false });
  });

  test('gives the rights in the namespace that kustomize says', async () => {
    const chart = podWithInit(undefined);
    await createNamespace('chosen-by-kustomize');
    await writeFile(join(folder, 'app.yaml'), yaml(chart));
    const kustomization = { namespace: 'chosen-by-kustomize', resources: ['app.yaml'] };
    await writeFile(join(folder, 'kustomization.yaml'), Yaml.stringify(kustomization));
    await kubectl(['apply', '--validate=strict', '-k', folder]);
    expect(await mayPatch(chart, 'chosen-by-kustomize')).toEqual({ beside: true, elsewhere: false });
  });
});
