import * as kplus from 'cdk8s-plus-27';
import { expect, onTestFinished, test, vi } from 'vitest';
import { COLD_START_TIMEOUT_MS, startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { runKubectl } from '../../devcluster/control-plane/kubectl.ts';
import { HoldPods, Metainit } from '../../src/index.ts';
import { manifests, newChart, yaml } from './manifests.ts';

const APPLY = ['apply', '-f', '-', '--validate=strict'];

test(
  'the newest release holds pods',
  async () => {
    const { kubeconfig, stop } = await startControlPlane({ release: 'newest', controllers: true });
    onTestFinished(stop);
    const chart = newChart(undefined);
    const metainit = new Metainit(chart, 'Metainit');
    new HoldPods(chart, 'Hold', {
      gate: 'example.com/hold',
      namespaces: kplus.Namespaces.select(chart, 'Held', { names: ['default'] }),
      metainit,
      maySetLabel: [],
      kubernetesVersion: '1.36',
    });
    const applied = await runKubectl(kubeconfig, APPLY, { stdin: yaml(chart) });
    expect(applied).toMatchObject({ exitCode: 0, stderr: '' });
    await vi.waitFor(
      async () => {
        const run = [
          'run',
          'one',
          '--image=app',
          '--dry-run=server',
          '-o',
          'jsonpath={.spec.schedulingGates}',
        ];
        expect((await runKubectl(kubeconfig, run)).stdout).toBe('[{"name":"example.com/hold"}]');
      },
      { timeout: 30_000, interval: 100 },
    );
  },
  COLD_START_TIMEOUT_MS,
);

test(
  'the oldest release has all of Metainit but the FlowSchema',
  async () => {
    const { kubeconfig, stop } = await startControlPlane({ release: 'oldest' });
    onTestFinished(stop);
    const chart = newChart(undefined);
    new Metainit(chart, 'Metainit');
    const { stdout, stderr } = await runKubectl(kubeconfig, APPLY, { stdin: yaml(chart) });
    expect(stdout.match(/ created$/gm)).toHaveLength(manifests(chart).length - 1);
    expect(stderr).toContain('no matches for kind "FlowSchema" in version "flowcontrol.apiserver.k8s.io/v1"');
  },
  COLD_START_TIMEOUT_MS,
);
