import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { HELM_RELEASES, helmBinary } from '../../../devcluster/builds/helm.ts';
import { pinnedModule } from '../../../devcluster/builds/pinned-module.ts';
import { COLD_START_TIMEOUT_MS } from '../../../devcluster/control-plane/control-plane.ts';
import { admin } from '../../support/admin.ts';
import { helm } from '../../support/helm.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const core = admin().makeApiClient(CoreV1Api);

let namespace: string;

beforeAll(async () => {
  await helmBinary('v4');
  await helmBinary('v3');
}, COLD_START_TIMEOUT_MS);

beforeEach(async () => {
  namespace = `helm-${randomBytes(4).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name: namespace } } });
});

test.each(['v4', 'v3'] as const)('helm %s says its version', async (helmVersion) => {
  const version = await helm(helmVersion, ['version', '--template', '{{ .Version }}']);

  expect(version).toBe(`v${HELM_RELEASES[helmVersion].version}`);
});

test.each(['v4', 'v3'] as const)(
  'helm %s knows a Kubernetes of its time without asking one',
  async (helmVersion) => {
    const chart = await chartOf({ kubernetes: '{{ .Capabilities.KubeVersion.Version }}' });

    const manifest = await helm(helmVersion, ['template', chart], { kubeconfig: '/nowhere' });

    const library = pinnedModule('k8s.io/client-go', HELM_RELEASES[helmVersion].moduleFolder);
    expect(manifest).toContain(`"kubernetes":"v1.${library.version.split('.')[1]}.0"`);
  },
);

test.each(['v4', 'v3'] as const)(
  'helm %s installs a chart with values, and uninstalls it',
  async (helmVersion) => {
    const chart = await chartOf({ greeting: '{{ .Values.greeting }}' });
    const configMap = { name: 'tiny', namespace };

    const values = { stdin: 'greeting: hello' };
    await helm(helmVersion, ['install', 'tiny', chart, '--namespace', namespace, '--values', '-'], values);
    expect((await core.readNamespacedConfigMap(configMap)).data).toEqual({ greeting: 'hello' });

    await helm(helmVersion, ['uninstall', 'tiny', '--namespace', namespace]);
    await expect(core.readNamespacedConfigMap(configMap)).rejects.toMatchObject({ code: 404 });
  },
);

test('helm does not see the settings of the machine', async () => {
  vi.stubEnv('HELM_NAMESPACE', 'elsewhere');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });

  expect(await helm('v4', ['env', 'HELM_NAMESPACE'])).toBe('default\n');
});

test('what helm complains about is in the error', async () => {
  const gone = helm('v4', ['uninstall', 'tiny', '--namespace', namespace]);

  await expect(gone).rejects.toThrow('release: not found');
});

/** The folder of a chart of one ConfigMap. */
async function chartOf(data: Record<string, string>): Promise<string> {
  const chart = await temporaryFolder();
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tiny' }, data };
  await mkdir(join(chart, 'templates'));
  await writeFile(
    join(chart, 'Chart.yaml'),
    JSON.stringify({ apiVersion: 'v2', name: 'tiny', version: '0.1.0' }),
  );
  await writeFile(join(chart, 'templates/tiny.yaml'), JSON.stringify(configMap));
  return chart;
}
