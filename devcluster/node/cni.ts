import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { POD_RANGE } from './network.ts';

/** Writes the configuration of the pods' network: a bridge. Returns its folder. */
export async function writeCniConfiguration(folder: string): Promise<string> {
  const configuration = join(folder, 'cni');
  await mkdir(configuration);
  const bridge = {
    type: 'bridge',
    bridge: 'cni0',
    isGateway: true,
    hairpinMode: true, // a pod may reach itself through its Service
    ipam: {
      type: 'host-local',
      dataDir: '/run/cni-ipam',
      ranges: [[{ subnet: POD_RANGE }]],
      routes: [{ dst: '0.0.0.0/0' }],
    },
  };
  const network = { cniVersion: '1.0.0', name: 'pods', plugins: [bridge] };
  await writeFile(join(configuration, 'pods.conflist'), JSON.stringify(network));
  return configuration;
}
