import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runKubectl } from '../../../devcluster/control-plane/kubectl.ts';
import { isHost } from '../../../runtime/kube/host.ts';
import { HOSTS } from '../../support/hosts.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const NO_HOST = /no such host|host must be a URL|lookup /;

test.each(HOSTS)('kubectl takes %s for a host, or not, as we do', async (host) => {
  const file = join(await temporaryFolder(), 'kubeconfig');
  // Nobody listens there.
  const server = `https://${host.includes(':') ? `[${host}]` : host}:1`;
  const config = {
    clusters: [{ name: 'a', cluster: { server } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    users: [{ name: 'a', user: { token: 'a' } }],
    'current-context': 'a',
  };
  await writeFile(file, stringify(config));
  const { stderr } = await runKubectl(file, ['get', '--raw=/version']);
  expect([host, isHost(host)]).toEqual([host, !NO_HOST.test(stderr)]);
});
