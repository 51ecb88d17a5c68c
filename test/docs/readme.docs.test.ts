import { randomBytes } from 'node:crypto';
import type { V1Deployment } from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';
import { MultisiteKubeconfig } from '../../src/index.ts';
import { initContainer, podAccount } from '../../start/init-program.ts';
import { only, readManifests } from '../../start/manifests.ts';
import { readDocument } from '../../start/written-kubeconfig.ts';
import { createNamespace, kubectl } from '../src/kubectl.ts';
import { admin } from '../support/admin.ts';
import { openBook } from './book.ts';
import { podOf } from './pods.ts';
import { synthesizeProgram } from './synthesize-program.ts';

test('the pods of the chart in README.md write the kubeconfig that it shows', async () => {
  const book = await openBook('README.md');
  const namespace = `readme-${randomBytes(4).toString('hex')}`;
  const program = book.take('ts', 'new MultisiteInit(');
  const output = await synthesizeProgram(
    program.replace("namespace: 'reports'", `namespace: '${namespace}'`),
  );
  await createNamespace(namespace);
  await kubectl(['apply', '--validate=strict', '-f', output]);

  const deployment = only(await readManifests(output), 'Deployment') as V1Deployment;
  const pod = await podOf(inject('controlPlane'), admin(), namespace, podAccount(deployment));
  for (const site of ['berlin', 'edge']) {
    const { ended } = pod.start(initContainer(deployment), { '=berlin': `=${site}` });
    expect(await ended).toBe(0);
  }

  const ref = {
    kubeConfig: admin(),
    namespace,
    configMap: MultisiteKubeconfig.DEFAULT_NAME,
    key: 'kubeconfig',
  };
  const { text } = await readDocument(ref);
  expect(withoutValues(text)).toBe(withoutValues(book.take('yaml', 'kind: Config')));
});

/** What is another one in each cluster is left out. */
function withoutValues(kubeconfig: string): string {
  return kubeconfig.replace(/(?<=^ +(certificate-authority-data|server|token): ).*$/gm, '…');
}
