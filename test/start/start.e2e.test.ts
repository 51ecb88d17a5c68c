import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { leftovers, type Traces } from '../devcluster/node/leftovers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { endOf, MAIN, NODE, npmStart, said, start, steps } from './start.ts';

const STEPS = [
  ...['node', 'build', 'synth', 'apply', 'by hand', 'credentials', 'central', 'edge'],
  ...['kubeconfig', 'diff', 'identity', 'second run', 'manager', 'deploy', 'refused', 'clean up'],
];

const PATIENCE = { timeout: 60_000, interval: 200 };

test('npm start -- --node: shows the manager deploying on a node of its own, and leaves nothing', async () => {
  const temporary = await temporaryFolder();
  const { exitCode, stdout, stderr } = await start(['--node'], { TMPDIR: temporary }).ended;

  expect(stderr).not.toMatch(/error/i);
  expect(steps(stdout)).toEqual(STEPS.map((name) => `✓ ${name}`));
  expect(stdout).toMatch(/wrote context "central" \(https:\/\/10\.96\.0\.1:443/);
  expect(stdout).toMatch(/wrote context "edge" \(https:\/\/127\.0\.0\.1:\d+/);
  expect(stdout).toMatch(/22 lines added, all 378 bytes from before unchanged/);
  expect(stdout).toMatch(/central {2}system:serviceaccount:cloudify:dcae-cloudify-manager-site\n/);
  expect(stdout).toMatch(/edge {5}system:serviceaccount:multisite:edge-site\n/);
  expect(stdout).toContain('created Deployment components/workload');
  expect(exitCode).toBe(0);
  expect(await leftIn(temporary)).toEqual([]);
});

test('npm start -- --node: leaves nothing when npm is told to end', async () => {
  const temporary = await temporaryFolder();
  const { child, ended } = npmStart(['--node'], { TMPDIR: temporary });
  await said(child, /✓ apply/);
  const traces = await tracesIn(temporary);
  expect(await leftovers(traces)).not.toEqual([]);
  child.kill('SIGTERM');
  const { exitCode, stderr } = await ended;

  expect(stderr).toContain('Interrupted; everything is cleaned up.');
  expect(exitCode).toBe(143);
  expect(await leftovers(traces)).toEqual([]);
  expect(await leftIn(temporary)).toEqual([]);
});

test('npm start -- --node: leaves nothing when it is killed, with all of its process group', async () => {
  const temporary = await temporaryFolder();
  const { child } = start(['--node'], { TMPDIR: temporary }, { detached: true });
  await said(child, /✓ apply/);
  const traces = await tracesIn(temporary);
  process.kill(-Number(child.pid), 'SIGKILL');

  await vi.waitFor(async () => expect(await leftovers(traces)).toEqual([]), PATIENCE);
  expect(await leftIn(temporary)).toEqual([]);
});

test('npm start -- --node: says at once that it needs root', async () => {
  // Whoever starts it is nobody there, who may read what is here.
  const child = spawn('unshare', ['--user', NODE, MAIN, '--node'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { exitCode, stderr } = await endOf(child);

  expect(stderr).toMatch(/^\na node needs root on Linux for .*: run this as root on Linux\n$/);
  expect(exitCode).toBe(1);
});

/** Of the one node in it. */
async function tracesIn(temporary: string): Promise<Traces> {
  const [name = ''] = (await readdir(temporary)).filter((entry) => entry.startsWith('cdk8s-multisite-node-'));
  return { folder: join(temporary, name), namespaces: [] };
}

/** What a run left in its folder for temporary files, which is its own, and mounted from it. */
async function leftIn(temporary: string): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return [...(await readdir(temporary)), ...mounts.filter((line) => line.includes(temporary))];
}
