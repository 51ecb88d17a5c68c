import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandLine } from './command-line.ts';
import { showOnApiServers } from './on-api-servers.ts';
import { showOnNode } from './on-node.ts';
import { showDeadlock } from './show-deadlock.ts';
import { createSteps } from './steps.ts';

/** Shows what the command line selects, step by step: metainit, or the main job on API servers or on a node. */
export async function show(commandLine: CommandLine, interrupted: AbortSignal): Promise<void> {
  const { stdout, stderr } = process;
  const steps = createSteps({ stdout, stderr, now: () => performance.now(), interrupted });
  if (commandLine.node) {
    await showOnNode(steps, interrupted);
  } else if (commandLine.metainit) {
    await inFolder((folder) => showDeadlock(steps, folder, interrupted));
  } else {
    await inFolder((folder) => showOnApiServers(steps, commandLine, folder, interrupted));
  }
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'multisite-start-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
