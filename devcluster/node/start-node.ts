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

/** Stopping takes a second. It takes longer if many containers must end and their files must be removed. */
const STOP_DEADLINE_MS = 60_000;

/** How to connect to a cluster of one node, as plain data that can be sent to another process. */
export interface NodeFacts extends ControlPlaneFacts {
  /** The process with the node's namespaces, for `nsenter --target`. */
  readonly pid: number;
}

export interface Node extends NodeFacts {
  /** Stops it and waits until everything of it is removed. @throws if a component had ended by itself before */
  stop(): Promise<void>;
}

export interface NodeOptions {
  /**
   * Names of the images that pods may run, in the store of devcluster/images. There is no registry for other images.
   */
  readonly images: readonly string[];
  /** Gets the progress of the build of a missing program. @default - shown on stderr */
  readonly onProgress?: Progress;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a cluster of one node in new mount, network and process namespaces. It ends with stop(), and when the calling
 * process ends for any reason.
 *
 * @throws with what the machine lacks for a node
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
    detached: true, // so that a Ctrl-C or a SIGKILL for the caller's process group does not reach it
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

/** Cleans up if the guard was killed. @throws with what could not be removed */
async function cleanUpAfterGuard(guard: ChildProcess, folder: string, cgroup: string): Promise<void> {
  if (guard.exitCode === 0 || guard.pid === undefined) {
    return;
  }
  try {
    process.kill(-guard.pid, 'SIGKILL'); // the guard leads the process group of the node
  } catch {
    // No process of the group is left.
  }
  await run(CLEAN_UP, [folder, cgroup]);
}
