import { describe, expect, test } from 'vitest';
import { MultisiteInit, MultisiteKubeconfig } from '../../src/index.ts';
import { ORIGINS } from './any-pod.ts';
import { siteCredential } from './init-in.ts';
import { APPLY, createNamespace, kubectl } from './kubectl.ts';
import { newChart, yaml } from './manifests.ts';

describe('the API server knows every field of a Deployment with our containers, made by', () => {
  test.each(ORIGINS.map(([name, make], index) => ({ name, make, namespace: `any-pod-${index}` })))(
    '$name',
    async ({ make, namespace }) => {
      const chart = newChart(namespace);
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      const pod = await make(chart);
      new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart), refresh: true });
      await createNamespace(namespace);
      expect(await kubectl(APPLY, yaml(chart))).toContain('deployment.apps/app created');
    },
  );
});
