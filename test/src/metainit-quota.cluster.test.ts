import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1ResourceQuota } from '@kubernetes/client-node';
import { expect, test, vi } from 'vitest';
import {
  NAMESPACE_CONTROLLERS,
  WORKLOAD_CONTROLLERS,
} from '../../devcluster/control-plane/kube-controller-manager.ts';
import { runKubectl } from '../../devcluster/control-plane/kubectl.ts';
import { Metainit } from '../../src/index.ts';
import { startRestartableControlPlane } from '../support/restartable-control-plane.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { manifests, newChart, podSpec } from './manifests.ts';

/** Admits pods of the class only where a quota matches it, as on GKE. */
const ADMISSION = {
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'AdmissionConfiguration',
  plugins: [
    {
      name: 'ResourceQuota',
      configuration: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'ResourceQuotaConfiguration',
        limitedResources: [
          {
            resource: 'pods',
            matchScopes: [
              { scopeName: 'PriorityClass', operator: 'In', values: ['system-cluster-critical'] },
            ],
          },
        ],
      },
    },
  ],
};

test('where the priority class needs a ResourceQuota, both replicas are created', async () => {
  const file = join(await temporaryFolder(), 'admission.json');
  await writeFile(file, JSON.stringify(ADMISSION));
  const { facts } = await startRestartableControlPlane({
    apiServerFlags: [`--admission-control-config-file=${file}`],
    controllers: [...NAMESPACE_CONTROLLERS, ...WORKLOAD_CONTROLLERS, 'resourcequota-controller'],
  });
  const kubectl = (args: readonly string[], ...objects: readonly object[]) =>
    runKubectl(facts.kubeconfig, args, {
      stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    });
  const chart = newChart(undefined);
  new Metainit(chart, 'Metainit');
  const objects = manifests(chart);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'replica', namespace: 'metainit' },
    spec: podSpec(chart, 'Deployment'),
  };

  const others = objects.filter(({ kind }) => kind !== 'ResourceQuota' && kind !== 'Deployment');
  expect(await kubectl(['create', '-f', '-'], ...others)).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await kubectl(['create', '-f', '-'], pod)).stderr).toContain(
    'insufficient quota to match these scopes: [{PriorityClass In [system-cluster-critical]}]',
  );

  expect(await kubectl(['apply', '-f', '-', '--validate=strict'], ...objects)).toMatchObject({ exitCode: 0 });
  await vi.waitFor(
    async () => {
      const { stdout } = await kubectl(['get', 'resourcequota', 'metainit', '-n', 'metainit', '-o', 'json']);
      const { status }: V1ResourceQuota = JSON.parse(stdout);
      expect(status?.used).toEqual({ pods: '2' });
    },
    { timeout: 60_000, interval: 100 },
  );
});
