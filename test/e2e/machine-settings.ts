import { readFile } from 'node:fs/promises';

/** What a kubelet, or systemd in a privileged pod, would set for the whole machine. */
const SETTINGS = [
  'fs/file-max',
  'fs/nr_open',
  'kernel/core_pattern',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/pid_max',
  'kernel/sysrq',
  'net/bridge/bridge-nf-call-iptables',
  'net/ipv4/ip_forward',
  'vm/max_map_count',
  'vm/overcommit_memory',
];

/** The machine's settings, those of them that its kernel has, a line each, and how its cgroups are mounted. */
export async function machineSettings(): Promise<string[]> {
  const settings = SETTINGS.map(async (name) => {
    const value = await readFile(`/proc/sys/${name}`, 'utf8').catch(() => 'not there');
    return `${name}=${value.trim()}`;
  });
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  return [...(await Promise.all(settings)), ...mounts.filter((line) => line.includes(' /sys/fs/cgroup'))];
}
