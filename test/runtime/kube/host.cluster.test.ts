import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runKubectl } from '../../../devcluster/control-plane/kubectl.ts';
import { isHost } from '../../../runtime/kube/host.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** They lead to this machine, or nowhere. */
const HOSTS = [
  ...[
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.0.1',
    '127.000.000.001',
    '127.0.0.01',
    '0177.0.0.1',
    '256.0.0.1',
    '1.2.3',
  ],
  ...['0x7f.0.0.1', '0x7f000001', '2130706433', '017700000001', 'localhost', 'LOCALHOST'],
  ...[
    '::1',
    '0:0:0:0:0:0:0:1',
    '0000:0000::0001',
    '::ffff:127.0.0.1',
    '::1::',
    '::g',
    '1:2:3',
    '::ffff:127.0.0.01',
  ],
];

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
