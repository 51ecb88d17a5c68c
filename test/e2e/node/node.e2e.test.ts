import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { V1PodSpec } from '@kubernetes/client-node';
import { beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { runKubectl, succeeded } from '../../cluster/kubectl.ts';
import { ensureBusyboxImage } from '../busybox-image.ts';
import { machineSettings } from '../machine-settings.ts';
import { leftovers, tracesOf } from './leftovers.ts';
import type { NodeFacts } from './start-node.ts';

const CALLER = join(import.meta.dirname, 'fixtures/caller.ts');
const PATIENCE = { timeout: 60_000, interval: 200 };

let busybox: string;

beforeAll(async () => {
  busybox = await ensureBusyboxImage();
});

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

describe('node: nothing is left behind', () => {
  const killed: Record<string, (caller: number, node: NodeFacts) => Promise<number>> = {
    'its caller is': async (caller) => -caller, // and all of its process group
    'the guard is': async (_caller, { pid }) => parentOf(await parentOf(pid)),
    'process 1 of its namespaces is': async (_caller, { pid }) => pid,
    'its supervisor is': async (_caller, { pid }) => supervisorOf(pid),
  };

  test.each(Object.keys(killed))('when %s killed', async (name) => {
    const settings = await machineSettings();
    const { node, caller } = await startCaller();
    const traces = await tracesOf(node);
    await runPod(node, 'left');
    const target = await killed[name]?.(caller, node);
    if (target === undefined) throw new Error(`nobody to kill: ${name}`);
    expect(await leftovers(traces)).not.toEqual([]);

    process.kill(target, 'SIGKILL');

    await vi.waitFor(async () => expect(await leftovers(traces)).toEqual([]), PATIENCE);
    expect(await machineSettings()).toEqual(settings);
  });
});

/** Starts a node by another process, which is killed after the test. */
async function startCaller(): Promise<{ node: NodeFacts; caller: number }> {
  const child = spawn(process.execPath, [CALLER, busybox], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line]: string[] = await once(createInterface(child.stdout), 'line');
  const { pid: caller } = child;
  if (line === undefined || caller === undefined) throw new Error('the caller said nothing');
  const node: NodeFacts = JSON.parse(line);
  return { node, caller };
}

function kubectl({ kubeconfig }: NodeFacts, ...args: string[]): Promise<string> {
  return succeeded(runKubectl(kubeconfig, args));
}

/** Runs a pod and waits until it does. */
async function runPod(node: NodeFacts, name: string): Promise<void> {
  await createPod(node, name, {}, ['sleep', '3600']);
  await untilPod(node, name, 'condition=Ready');
}

async function createPod(
  node: NodeFacts,
  name: string,
  spec: Partial<V1PodSpec>,
  command: string[],
): Promise<void> {
  const container = { name: 'main', image: busybox, imagePullPolicy: 'Never', command };
  const overrides = JSON.stringify({ spec: { ...spec, containers: [container] } });
  await kubectl(node, 'run', name, `--image=${busybox}`, '--overrides', overrides);
}

async function untilPod(node: NodeFacts, name: string, condition: string): Promise<void> {
  await kubectl(node, 'wait', `--for=${condition}`, `pod/${name}`, '--timeout=60s');
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
}

/** The one child that process 1 did not adopt. */
async function supervisorOf(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  for (const child of children) {
    if ((await readFile(`/proc/${child}/cmdline`, 'utf8')).includes('main.ts')) return Number(child);
  }
  throw new Error('there is no supervisor');
}
