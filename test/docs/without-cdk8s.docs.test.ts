import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1Deployment } from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { initContainer, podAccount } from '../../start/init-program.ts';
import { only, readManifests } from '../../start/manifests.ts';
import { createNamespace, kubectl } from '../src/kubectl.ts';
import { admin } from '../support/admin.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openBook } from './book.ts';
import { podOf } from './pods.ts';
import { synthesizeProgram } from './synthesize-program.ts';

const page = await openBook('docs/without-cdk8s.md');
const yaml = [page.take('yaml', 'kind: ConfigMap'), page.take('yaml', 'kind: Deployment')].join('---\n');
const told = parseAllDocuments(yaml).map((document): KubernetesObject => document.toJS());

test('the manifests are what the constructs render for the first chart', async () => {
  const guide = await openBook('docs/constructs.md');
  const rendered = await readManifests(await synthesizeProgram(guide.take('ts', '// Your workload')));

  const withoutDeployment = (objects: KubernetesObject[]) =>
    objects.filter(({ kind }) => kind !== 'Deployment');
  expect(withoutDeployment(told)).toEqual(withoutDeployment(rendered));
  expect(partsOf(only(told, 'Deployment'))).toEqual(partsOf(only(rendered, 'Deployment')));
});

/** What makes any pod write its site, and read the kubeconfig. */
function partsOf({ spec }: V1Deployment) {
  const { serviceAccountName, automountServiceAccountToken, initContainers, containers, volumes } =
    spec?.template.spec ?? {};
  const [application, ...ours] = containers ?? [];
  const { name, image, volumeMounts } = application ?? {};
  const app = { name, image, volumeMounts };
  return { serviceAccountName, automountServiceAccountToken, initContainers, app, ours, volumes };
}

test('the API server takes the manifests, and their init container writes its site', async () => {
  const namespace = `plain-${randomBytes(4).toString('hex')}`;
  const folder = await temporaryFolder();
  const file = join(folder, 'reports.yaml');
  const here = yaml.replaceAll('namespace: reports', `namespace: ${namespace}`);
  await writeFile(file, here.replaceAll('--namespace=reports', `--namespace=${namespace}`));
  await createNamespace(namespace);
  await kubectl(['apply', '--validate=strict', '-f', file]);

  const deployment: V1Deployment = only(await readManifests(folder), 'Deployment');
  const pod = await podOf(inject('controlPlane'), admin(), namespace, podAccount(deployment));
  const running = pod.start(initContainer(deployment));
  await running.said(/^wrote context "berlin"/);
  expect(await running.ended).toBe(0);
});
