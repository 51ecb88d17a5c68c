import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig, type V1Container, type V1Deployment } from '@kubernetes/client-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { podAccount } from '../../start/init-program.ts';
import { COLD_START_TIMEOUT_MS, startControlPlane } from '../cluster/control-plane.ts';
import { freePort } from '../cluster/kube-apiserver.ts';
import { RELEASES } from '../cluster/releases.ts';
import { adminOf, sitDown } from './desk.ts';
import { podOf } from './pods.ts';

const ROOT = join(import.meta.dirname, '../..');
const NAMESPACE = 'cloudify';

const minorOf = (version: string) => version.split('.').slice(0, 2).join('.');

describe('the Kubernetes versions that are said to be supported', () => {
  test.each(['README.md', 'CHANGELOG.md'])('in %s are those that the tests run', async (file) => {
    const text = (await readFile(join(ROOT, file), 'utf8')).replace(/\s+/g, ' ');
    const { oldest, main, newest } = RELEASES;
    expect(text).toContain(`Kubernetes ${minorOf(oldest.version)} to ${minorOf(newest.version)}`);
    if (file === 'README.md') expect(text).toContain(`the API server of ${minorOf(main.version)};`);
  });

  test.each(['oldest', 'newest'] as const)(
    'work with what `npx cdk8s synth` renders: the %s',
    async (release) => {
      const controlPlane = await startControlPlane({ release, controllers: true });
      onTestFinished(() => controlPlane.stop());
      const kubeConfig = new KubeConfig();
      kubeConfig.loadFromFile(controlPlane.kubeconfig);
      const desk = await sitDown({ central: adminOf(controlPlane) });
      await desk.type('kubectl apply --validate=strict -f dist/');
      const deployment: V1Deployment = JSON.parse(
        await desk.type(`kubectl -n ${NAMESPACE} get deployment dcae-cloudify-manager -o json`),
      );
      const { initContainers = [], containers = [] } = deployment.spec?.template.spec ?? {};
      const pod = await podOf(controlPlane, kubeConfig, NAMESPACE, podAccount(deployment));
      const verifying = (container: V1Container | undefined): V1Container => ({
        name: container?.name ?? '',
        args: [...(container?.args ?? []), '--verify'],
      });

      const init = pod.start(verifying(initContainers[0]));
      await init.said(/^verified: it authenticates as system:serviceaccount:cloudify:.*-site$/);
      expect(await init.ended).toBe(0);

      const again = pod.start(verifying(initContainers[0]));
      await again.said(/^nothing to do/);

      const refresher = pod.start(verifying(containers.find(({ name }) => name.endsWith('-refresh'))), {
        '9779': String(await freePort()),
      });
      await refresher.said(/^nothing to do/);
      const core = kubeConfig.makeApiClient(CoreV1Api);
      const object = { namespace: NAMESPACE, name: 'multisite-kubeconfig-configmap' };
      await core.replaceNamespacedConfigMap({
        ...object,
        body: { metadata: object },
      });
      await refresher.said(/^wrote context "central"/);
      expect((await core.readNamespacedConfigMap(object)).data).toHaveProperty('kubeconfig');
    },
    COLD_START_TIMEOUT_MS,
  );
});
