import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { NodeFacts } from '../../../devcluster/node/start-node.ts';

const NAMESPACES = ['mnt', 'net', 'pid'];

/** What tells a node's traces from those of others. */
export interface Traces {
  readonly folder: string;
  /** As /proc/PID/ns names them. */
  readonly namespaces: readonly string[];
}

export async function tracesOf({ pid, folder }: NodeFacts): Promise<Traces> {
  return { folder, namespaces: await namespacesOf(String(pid)) };
}

/** What is on the machine of a node: its processes, mounts, cgroups, files, in words. */
export async function leftovers({ folder, namespaces }: Traces): Promise<string[]> {
  const left: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await isOf(pid, folder, namespaces)) {
      left.push(`process ${pid}`);
    }
  }
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  left.push(...mounts.split('\n').filter((line) => line.includes(folder)));
  for (const path of [dirname(folder), ...(await cgroupHierarchies())]) {
    if ((await readdir(path)).includes(basename(folder))) {
      left.push(`${path}/${basename(folder)}`);
    }
  }
  return left;
}

/** Whether it is a component or in the node's namespaces, or, as those of pods, in others but in the node's cgroup. */
async function isOf(pid: string, folder: string, namespaces: readonly string[]): Promise<boolean> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''); // it has ended
  if ((await read('cmdline')).includes(folder) || (await read('cgroup')).includes(basename(folder))) {
    return true;
  }
  return (await namespacesOf(pid)).some((namespace) => namespaces.includes(namespace));
}

async function namespacesOf(pid: string): Promise<string[]> {
  const links = NAMESPACES.map((name) => readlink(`/proc/${pid}/ns/${name}`));
  return Promise.all(links).catch(() => []); // it has ended
}

export async function cgroupHierarchies(): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  const entries = await readdir(root, { withFileTypes: true });
  return [root, ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${root}/${name}`)];
}
