import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandLine } from './command-line.ts';
import { showOnApiServers } from './on-api-servers.ts';
import { showOnNode } from './on-node.ts';
import { createSteps } from './steps.ts';

/** Shows the main job step by step, on the API servers or the node that the command line selects. */
export async function show(commandLine: CommandLine, interrupted: AbortSignal): Promise<void> {
  const { stdout, stderr } = process;
  const steps = createSteps({ stdout, stderr, now: () => performance.now(), interrupted });
  if (commandLine.node) {
    await showOnNode(steps, interrupted);
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
