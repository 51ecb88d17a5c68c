import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable } from '../builds/go-program.ts';
import { NODE_PATH } from './node-path.ts';

/** The commands of the system that a node and the images for it are made with, and Debian's packages of them. */
const PACKAGES = {
  buildah: 'buildah',
  flock: 'util-linux',
  ip: 'iproute2',
  mmdebstrap: 'mmdebstrap',
  mount: 'mount',
  nft: 'nftables',
  nsenter: 'util-linux',
  runc: 'runc',
  sysctl: 'procps',
  unshare: 'util-linux',
};

/** A setting that isolate.sh makes: only with it packets between two pods pass kube-proxy's rules. */
const BRIDGE_FILTER = '/proc/sys/net/bridge/bridge-nf-call-iptables';

/** @throws with what this machine lacks for a node, and how to get it */
export async function checkNodeRequirements(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('a node takes root on Linux, for its namespaces and cgroups: run this as root there');
  }
  if (!existsSync(BRIDGE_FILTER)) {
    throw new Error(
      "a node takes the kernel's filter for bridges, which is not loaded here: modprobe br_netfilter",
    );
  }
  const missing: string[] = [];
  for (const [command, debianPackage] of Object.entries(PACKAGES)) {
    if ((await findCommand(command)) === undefined) {
      missing.push(debianPackage);
    }
  }
  if (missing.length > 0) {
    throw new Error(
      `a node takes what is not installed here: apt-get install ${[...new Set(missing)].join(' ')}`,
    );
  }
}

/** The path of a command of the system, where components would find it. */
export async function findCommand(command: string): Promise<string | undefined> {
  for (const folder of NODE_PATH.split(':')) {
    const path = join(folder, command);
    if (await isExecutable(path)) {
      return path;
    }
  }
  return undefined;
}
