import { inNode } from './in-node.ts';

/** What systemd keeps on a node, and starts again. */
const SERVICES = 'containerd|kubelet';

/** The first process of each container, with which all others end, and then who waits for it. The kernel cuts names off here. */
const KILL_CONTAINERS = `
  shims=$(pgrep --delimiter=, --exact containerd-shim)
  pkill --signal=KILL --parent "$shims"
  pkill --signal=KILL --exact containerd-shim`;

/** Kills containerd and the kubelet, which containers outlive. */
export async function killNodeServices(): Promise<void> {
  await inNode('pkill', '--signal=KILL', '--exact', SERVICES);
}

/** Kills containerd, the kubelet and every container, as a power cut does; not the control plane. */
export async function killServicesAndContainers(): Promise<void> {
  await inNode('sh', '-ec', `pkill --signal=KILL --exact '${SERVICES}'${KILL_CONTAINERS}`);
}
