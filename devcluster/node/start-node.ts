import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { nodePrograms } from '../builds/node-programs.ts';
import type { ControlPlaneFacts } from '../control-plane/control-plane.ts';
import { API_HOST } from '../control-plane/kube-apiserver.ts';
import { portOf } from '../control-plane/port-of.ts';
import { superviseChild } from '../control-plane/supervisor.ts';
import { run } from '../images/containers.ts';
import { exportImages } from '../images/image-archives.ts';
import { ensurePauseImage } from '../images/pause-image.ts';
import { type Progress, progressTo } from '../progress.ts';
import { checkNodeRequirements } from './check-requirements.ts';
import type { LaunchNodeOptions } from './launch-node.ts';

const GUARD = join(import.meta.dirname, 'guard.sh');
const CLEAN_UP = join(import.meta.dirname, 'clean-up.sh');
const REMOVE_ORPHANS = join(import.meta.dirname, 'remove-orphans.sh');
const SUPERVISOR = join(import.meta.dirname, 'main.ts');

/** It takes a second, and longer where many containers have to end and their files to go. */
const STOP_DEADLINE_MS = 60_000;

/** How to reach a cluster of one node: plain data, which can be handed to another process. */
export interface NodeFacts extends ControlPlaneFacts {
  /** The process whose namespaces are the node's: what `nsenter --target` takes. */
  readonly pid: number;
}

export interface Node extends NodeFacts {
  /** Ends it and waits until nothing of it is left. @throws if a component had ended by itself before */
  stop(): Promise<void>;
}

export interface NodeOptions {
  /** Names of the images that pods may run, in the store of devcluster/images: there is no registry to pull others from. */
  readonly images: readonly string[];
  /** Told how far the build of a missing program has come. @default - shown on stderr */
  readonly onProgress?: Progress;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a cluster of one node, in mount, network and process namespaces of its own. It ends with stop(), and with the process that
 * called this, however that ends.
 *
 * @throws with what the machine lacks for it
 */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { images, onProgress = progressTo(process.stderr), signal = new AbortController().signal } = options;
  await checkNodeRequirements();
  await run(REMOVE_ORPHANS, [tmpdir()]);
  signal.throwIfAborted();
  const programs = await nodePrograms(onProgress, signal);
  const pauseImage = await ensurePauseImage();
  const imageArchives = await exportImages([pauseImage, ...images], onProgress);
  signal.throwIfAborted();

  const folder = await mkdtemp(join(tmpdir(), 'cdk8s-multisite-node-'));
  const cgroup = basename(folder);
  const server = await listen();
  const outsidePort = portOf(server);
  const child = spawn(GUARD, [folder, cgroup, process.execPath, SUPERVISOR], {
    detached: true, // neither a Ctrl-C nor a SIGKILL to the caller's process group may reach it
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const supervisor = superviseChild<ControlPlaneFacts>(child, 'the node', onProgress, STOP_DEADLINE_MS);
  const gone = once(child, 'exit').then(() => cleanUpAfterGuard(child, folder, cgroup));
  signal.addEventListener('abort', supervisor.release);
  try {
    onProgress('starting the node');
    const launch: LaunchNodeOptions = { folder, cgroup, programs, pauseImage, imageArchives, outsidePort };
    child.send(launch, server);
    const facts = await supervisor.started;
    const pid = await onlyChild(await onlyChild(child.pid));
    supervisor.unref();
    const stop = () => supervisor.stop().finally(() => gone);
    return { ...facts, pid, stop };
  } catch (error) {
    supervisor.release();
    await gone;
    signal.throwIfAborted();
    throw error;
  } finally {
    server.close();
    signal.removeEventListener('abort', supervisor.release);
  }
}

async function listen(): Promise<Server> {
  const server = createServer();
  server.listen(0, API_HOST);
  await once(server, 'listening');
  return server;
}

async function onlyChild(pid: number | undefined): Promise<number> {
  return Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

/** Does what the guard would have done, had it not been killed. @throws with what is left all the same */
async function cleanUpAfterGuard(guard: ChildProcess, folder: string, cgroup: string): Promise<void> {
  if (guard.exitCode === 0 || guard.pid === undefined) {
    return;
  }
  try {
    process.kill(-guard.pid, 'SIGKILL'); // it led the process group of the node
  } catch {
    // Nobody is left of that.
  }
  await run(CLEAN_UP, [folder, cgroup]);
}
