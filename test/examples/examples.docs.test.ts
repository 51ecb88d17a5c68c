import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Deployment, V1Job, V1PodSpec } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { only, readManifests } from '../../start/manifests.ts';
import { podOf } from '../docs/pods.ts';
import { kubectl } from '../src/kubectl.ts';
import { admin } from '../support/admin.ts';
import { copyOf, type Example } from './example.ts';

/** Compiles and synthesizes an example, as its own scripts do. */
function synthesized(name: string): () => Example {
  let example: Example;
  beforeAll(async () => {
    example = await copyOf(name);
    await example.run('synth');
  });
  afterAll(() => example.remove());
  return () => example;
}

function apply(...files: string[]): Promise<string> {
  return kubectl(['apply', '--validate=strict', ...files.flatMap((file) => ['-f', file])]);
}

/** Runs a container's program as its pod would, with the rights of that. */
async function runIn(
  namespace: string,
  { serviceAccountName = '', ...spec }: V1PodSpec,
  container: string,
): Promise<number | null> {
  const pod = await podOf(inject('controlPlane'), admin(), namespace, serviceAccountName);
  const all = [...(spec.initContainers ?? []), ...spec.containers];
  const found = all.find(({ name }) => name === container);
  if (found === undefined) {
    throw new Error(`there is no container ${container}`);
  }
  const running = pod.start(found);
  await running.said(/^wrote context "berlin"/);
  return running.ended;
}

describe('fleet-report', () => {
  const example = synthesized('fleet-report');
  const dist = () => join(example().folder, 'dist');

  test('is taken by the API server, in one apply', async () => {
    const lines = (await apply(dist())).trim().split('\n');
    expect(lines.filter((line) => !line.endsWith(' created'))).toEqual([]);
  });

  test('has pods that its namespace admits, which enforces Pod Security restricted', async () => {
    const { spec } = only(await readManifests(dist()), 'Deployment') as V1Deployment;
    // Nothing makes pods of Deployments here, so that this stands in for the controllers.
    const metadata = { name: 'of-the-deployment', namespace: 'fleet-report' };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: spec?.template.spec };
    const create = ['create', '--dry-run=server', '-f', '-'];
    expect(await kubectl(create, JSON.stringify(pod))).toMatch(/created/);
  });

  test('writes its site into the Secret, with a token that may read nodes', async () => {
    const { spec } = only(await readManifests(dist()), 'Deployment') as V1Deployment;
    expect(await runIn('fleet-report', spec?.template.spec as V1PodSpec, 'multisite-init')).toBe(0);
    const secret = ['get', '-n', 'fleet-report', 'secret', 'multisite-kubeconfig-secret'];
    const data = await kubectl([...secret, '-o', 'jsonpath={.data.kubeconfig}']);
    const kubeconfig = Buffer.from(data, 'base64').toString();
    const [, token = ''] = /token: (\S+)/.exec(kubeconfig) ?? [];
    const { url } = inject('controlPlane');
    expect(kubeconfig).toContain(`server: ${url}`);
    const whoami = await kubectl(
      ['create', '-f', '-', '-o', 'jsonpath={.status.user.username}'],
      review(token),
    );
    expect(whoami).toBe('system:serviceaccount:fleet-report:fleet-report-site');
    const asSite = ['--as', whoami];
    expect((await kubectl(['auth', 'can-i', 'list', 'nodes', ...asSite])).trim()).toBe('yes');
  });
});

function review(token: string): string {
  return JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } });
}

describe('pipeline-job', () => {
  const example = synthesized('pipeline-job');
  const dist = (file = '') => join(example().folder, 'dist', file);

  test('is taken by the API server, in its two steps, run after run', async () => {
    expect((await readdir(dist())).toSorted()).toEqual(['0000-register.k8s.yaml', '0001-deploy.k8s.yaml']);
    await kubectl(['create', 'namespace', 'pipeline']);
    for (const _ of ['first run', 'second run']) {
      await kubectl(['-n', 'pipeline', 'delete', 'job', 'register', 'deploy', '--ignore-not-found']);
      expect(await apply(dist('0000-register.k8s.yaml'))).toMatch(/^job.batch\/register created$/m);
      expect(await apply(dist('0001-deploy.k8s.yaml'))).toBe('job.batch/deploy created\n');
    }
  });

  test('writes its site by the first step, which the second mounts', async () => {
    const jobs = (await readManifests(dist())).filter(({ kind }) => kind === 'Job') as V1Job[];
    const [register, deploy] = jobs.map(({ spec }) => spec?.template.spec as V1PodSpec);
    expect(await runIn('pipeline', register as V1PodSpec, 'multisite-init')).toBe(0);
    const names = deploy?.volumes?.map(({ configMap }) => configMap?.name);
    expect(names).toEqual(['multisite-kubeconfig-configmap']);
    const configMap = await kubectl(['get', '-n', 'pipeline', 'configmap', `${names?.[0]}`, '-o', 'json']);
    expect(JSON.parse(configMap).data.kubeconfig).toContain('name: berlin');
  });
});
