import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { RELEASES } from '../../../devcluster/builds/kubernetes-releases.ts';
import { HELM_CHART } from '../../support/helm-chart.ts';

test('the kubeconfig’s ConfigMap has no data, not even an empty one: Helm would take the document out', async () => {
  const text = await readFile(join(HELM_CHART, 'templates/configmap-kubeconfig.yaml'), 'utf8');
  expect(text).not.toMatch(/^(binaryData|data)/m);
});

test('the cleanup has the kubectl that the tests have', async () => {
  const { cleanup } = parse(await readFile(join(HELM_CHART, 'values.yaml'), 'utf8'));
  expect(cleanup.image.tag).toBe(`v${RELEASES.main.version}`);
});
