import { KubeConfig, VersionApi } from '@kubernetes/client-node';
import { expect, onTestFinished, test } from 'vitest';
import { RELEASES } from '../../../devcluster/builds/kubernetes-releases.ts';
import { COLD_START_TIMEOUT_MS, startControlPlane } from '../../../devcluster/control-plane/control-plane.ts';

test.each(['oldest', 'newest'] as const)(
  'the %s release starts, controllers too, and says its version',
  async (release) => {
    const controlPlane = await startControlPlane({ release, controllers: true });
    onTestFinished(() => controlPlane.stop());
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(controlPlane.kubeconfig);

    const version = await kubeConfig.makeApiClient(VersionApi).getCode();

    expect(version.gitVersion).toBe(`v${RELEASES[release].version}`);
    expect(`${version.major}.${version.minor}`).toBe(minor(RELEASES[release].version));
  },
  COLD_START_TIMEOUT_MS,
);

function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
