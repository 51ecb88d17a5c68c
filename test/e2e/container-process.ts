import { readdir, readFile } from 'node:fs/promises';
import type { V1Pod } from '@kubernetes/client-node';

/** The process that a container of a running pod was started with, by its number outside of the node. */
export async function containerProcess(pod: V1Pod, container: string): Promise<number> {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container);
  const id = status?.containerID?.replace('containerd://', '');
  if (!id) {
    throw new Error(`container ${container} of pod ${pod.metadata?.name} does not run`);
  }
  // Numbers grow: those that the container itself started are further on.
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of processes.sort((one, other) => one - other)) {
    if ((await cgroupsOf(pid)).includes(id)) {
      return pid;
    }
  }
  throw new Error(`no process is in the cgroup of container ${id}`);
}

async function cgroupsOf(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}
