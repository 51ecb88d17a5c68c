import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { runKubectl, succeeded } from '../../../devcluster/control-plane/kubectl.ts';
import { BUSYBOX_IMAGE } from '../../../devcluster/images/busybox-image.ts';
import { run } from '../../../devcluster/images/containers.ts';
import { MANAGER_IMAGE } from '../../../devcluster/images/images.ts';
import { type NodeFacts, startNode } from '../../../devcluster/node/start-node.ts';
import { machineSettings } from '../../e2e/machine-settings.ts';
import { followProcess } from '../../support/follow-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cgroupHierarchies, leftovers, tracesOf } from './leftovers.ts';

const CALLER = join(import.meta.dirname, 'fixtures/caller.ts');
const CLEAN_UP = join(import.meta.dirname, '../../../devcluster/node/clean-up.sh');
const START_WITHIN_MS = 300_000;
const PATIENCE = { timeout: 60_000, interval: 200 };
const AT_ONCE = { timeout: 60_000, interval: 1 };

test('node: pods reach the API server by its Service, from the pod network and from the host network', async () => {
  const node = inject('node');
  const command = ['sh', '-c', 'nc -w 5 $KUBERNETES_SERVICE_HOST $KUBERNETES_SERVICE_PORT </dev/null'];
  for (const [name, hostNetwork] of Object.entries({ 'pod-network': false, 'host-network': true })) {
    await createPod(node, name, { hostNetwork, restartPolicy: 'Never' }, command);
    onTestFinished(async () => void (await kubectl(node, 'delete', 'pod', name, '--now')));
    await untilPod(node, name, 'jsonpath={.status.phase}=Succeeded');
  }
});

test('node: two run side by side', async () => {
  const { node } = await startCaller();
  await runPod(node, 'beside');

  expect(await kubectl(inject('node'), 'get', 'pods')).not.toContain('beside');
});

test('node: starts with a long TMPDIR, and leaves nothing in it', async () => {
  const temporary = await temporaryFolder();
  // Longer than the path of a socket may be, with the names that follow.
  const long = join(temporary, 'x'.repeat(89 - temporary.length));
  await mkdir(long);
  vi.stubEnv('TMPDIR', long);
  onTestFinished(() => void vi.unstubAllEnvs());

  const node = await startNode({ images: [] });

  expect(node.folder.startsWith(long)).toBe(true);
  await node.stop();
  expect(await readdir(long)).toEqual([]);
});

test('node: its end is an error where something of it is left', async () => {
  const node = await startNode({ images: [] });
  const cgroup = await cgroupOf(node);
  const foreign = spawn('sleep', ['infinity']);
  onTestFinished(async () => {
    foreign.kill();
    await run(CLEAN_UP, [node.folder, basename(node.folder)]);
  });
  await mkdir(join(cgroup, 'foreign'));
  await writeFile(join(cgroup, 'foreign/cgroup.procs'), String(foreign.pid));

  await expect(node.stop()).rejects.toThrow(
    /the node left cgroups or files: remove the cgroup .* and the folder/,
  );
});

describe('node: nothing is left behind', () => {
  const killed: Record<string, (caller: number, node: NodeFacts) => Promise<number>> = {
    'its caller is': async (caller) => -caller, // and all of its process group
    'the guard is': async (_caller, node) => guardOf(node),
    'process 1 of its namespaces is': async (_caller, { pid }) => pid,
    'its supervisor is': async (_caller, { pid }) => supervisorOf(pid),
  };

  test.each(Object.keys(killed))('when %s killed, with a privileged systemd in a pod', async (name) => {
    const settings = await machineSettings();
    const { node, caller } = await startCaller();
    const traces = await tracesOf(node);
    await runSystemd(node, 'left');
    const target = await killed[name]?.(caller, node);
    if (target === undefined) {
      throw new Error(`nobody to kill: ${name}`);
    }
    expect(await leftovers(traces)).not.toEqual([]);

    process.kill(target, 'SIGKILL');

    await vi.waitFor(async () => expect(await leftovers(traces)).toEqual([]), PATIENCE);
    expect(await machineSettings()).toEqual(settings);
  });

  test.each(['resolv.conf', 'etcd.log', 'containerd.log', 'kubelet.log'])(
    'when its caller is killed during the start, as soon as there is %s',
    async (file) => {
      const temporary = await temporaryFolder();
      const child = spawnCaller({ TMPDIR: temporary });
      const caller = pidOf(child);
      const appeared = vi.waitFor(async () => {
        const [name = ''] = await readdir(temporary);
        await access(join(temporary, name, file));
        return join(temporary, name);
      }, AT_ONCE);
      const folder = await followProcess(child).whileRunning(appeared);
      const traces = { folder, namespaces: [] };
      expect(await leftovers(traces)).not.toEqual([]);

      process.kill(-caller, 'SIGKILL');

      await vi.waitFor(async () => expect(await leftovers(traces)).toEqual([]), PATIENCE);
    },
  );

  test('when its caller and the guard are killed together, by the next start', async () => {
    vi.stubEnv('TMPDIR', await temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const { node, caller } = await startCaller();
    await runPod(node, 'left');
    const guard = await guardOf(node);

    process.kill(-caller, 'SIGKILL');
    process.kill(guard, 'SIGKILL');

    await run('flock', ['--timeout=60', join(node.folder, 'guard.lock'), 'true']); // free once the node has ended
    const orphan = { folder: node.folder, namespaces: [] }; // the kernel gives the numbers of those to the next
    expect(await leftovers(orphan)).not.toEqual([]);
    const next = await startNode({ images: [] });
    expect(await leftovers(orphan)).toEqual([]);
    await next.stop();
  });
});

/** Starts a node by another process, which is killed after the test. */
async function startCaller(): Promise<{ node: NodeFacts; caller: number }> {
  const child = spawnCaller();
  const line = await followProcess(child).said(/^\{/, START_WITHIN_MS);
  return { node: JSON.parse(line), caller: pidOf(child) };
}

function spawnCaller(env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [CALLER, BUSYBOX_IMAGE, MANAGER_IMAGE], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) {
    throw new Error('it was not started');
  }
  return pid;
}

function kubectl({ kubeconfig }: NodeFacts, ...args: string[]): Promise<string> {
  return succeeded(runKubectl(kubeconfig, args));
}

/** Runs a pod and waits until it does. */
async function runPod(node: NodeFacts, name: string): Promise<void> {
  await createPod(node, name, {}, ['sleep', '3600']);
  await untilPod(node, name, 'condition=Ready');
}

/** Runs a pod as the manager's is: systemd, privileged, that has the machine's cgroups. */
async function runSystemd(node: NodeFacts, name: string): Promise<void> {
  const container = {
    name: 'main',
    image: MANAGER_IMAGE,
    securityContext: { privileged: true },
    volumeMounts: [
      { name: 'cgroup', mountPath: '/sys/fs/cgroup', readOnly: true },
      { name: 'run', mountPath: '/run' },
    ],
  };
  const volumes = [
    { name: 'cgroup', hostPath: { path: '/sys/fs/cgroup' } },
    { name: 'run', emptyDir: { medium: 'Memory' } },
  ];
  const overrides = JSON.stringify({ spec: { containers: [container], volumes } });
  await kubectl(node, 'run', name, `--image=${MANAGER_IMAGE}`, '--overrides', overrides);
  await untilPod(node, name, 'condition=Ready');
  const booted = 'until systemctl is-system-running --wait; do sleep 0.1; done';
  await kubectl(node, 'exec', name, '--', 'timeout', '60', 'bash', '-c', booted);
}

async function createPod(
  node: NodeFacts,
  name: string,
  spec: Partial<V1PodSpec>,
  command: string[],
): Promise<void> {
  const container = { name: 'main', image: BUSYBOX_IMAGE, imagePullPolicy: 'Never', command };
  const overrides = JSON.stringify({ spec: { ...spec, containers: [container] } });
  await kubectl(node, 'run', name, `--image=${BUSYBOX_IMAGE}`, '--overrides', overrides);
}

async function untilPod(node: NodeFacts, name: string, condition: string): Promise<void> {
  await kubectl(node, 'wait', `--for=${condition}`, `pod/${name}`, '--timeout=60s');
}

/** The cgroup that isolate.sh made, in the hierarchy of version 2, or that of version 1 which limits nothing. */
async function cgroupOf({ folder }: NodeFacts): Promise<string> {
  const paths = (await cgroupHierarchies()).map((hierarchy) => join(hierarchy, basename(folder)));
  const path = paths.find((candidate) => !candidate.includes('/cpuset/') && existsSync(candidate));
  if (path === undefined) {
    throw new Error('the node has no cgroup');
  }
  return path;
}

async function guardOf({ pid }: NodeFacts): Promise<number> {
  return parentOf(await parentOf(pid));
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
}

/** The one child that process 1 did not adopt. */
async function supervisorOf(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  for (const child of children) {
    if ((await readFile(`/proc/${child}/cmdline`, 'utf8')).includes('main.ts')) {
      return Number(child);
    }
  }
  throw new Error('there is no supervisor');
}
