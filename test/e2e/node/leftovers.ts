import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { NodeFacts } from './start-node.ts';

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
    const own = await namespacesOf(pid);
    if (own.some((namespace) => namespaces.includes(namespace))) left.push(`process ${pid}`);
  }
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  left.push(...mounts.split('\n').filter((line) => line.includes(folder)));
  for (const path of [dirname(folder), ...(await cgroupHierarchies())]) {
    if ((await readdir(path)).includes(basename(folder))) left.push(`${path}/${basename(folder)}`);
  }
  return left;
}

async function namespacesOf(pid: string): Promise<string[]> {
  const links = NAMESPACES.map((name) => readlink(`/proc/${pid}/ns/${name}`));
  return Promise.all(links).catch(() => []); // it has ended
}

async function cgroupHierarchies(): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  const entries = await readdir(root, { withFileTypes: true });
  return [root, ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${root}/${name}`)];
}
