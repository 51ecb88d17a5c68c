import { type ExecFileOptions, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { howToInstall } from '../requirements.ts';

/**
 * A store of our own: the base images in it carry the names of public ones, and must not be found by anybody who
 * means those. Kept between runs, for the layers in it.
 */
const STORE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk8s-multisite/containers');

/** Where images of the store are kept as archives. */
export const ARCHIVES = `${STORE}-archives`;

/** podman takes no run root of over 50 characters, so it cannot be in the store: a place of its own for each store. */
const RUN_ROOT = join(
  process.getuid?.() === 0 ? '/run' : (process.env.XDG_RUNTIME_DIR ?? '/tmp'),
  `cdk8s-multisite-${createHash('sha256').update(STORE).digest('hex').slice(0, 8)}`,
);

const STORAGE = ['--root', STORE, '--runroot', RUN_ROOT];

/** Runs a command to its end; its stdout. @throws with what it said on stderr, or how to get the command */
export async function run(
  command: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { maxBuffer: 64 << 20, ...options });
    return String(stdout).trim();
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === 'ENOENT') {
      throw new Error(`${command} is not installed, which the tests take: ${howToInstall(command)}`);
    }
    throw new Error(
      `${command} ${args.join(' ')}: ${stderr?.trim().split('\n').slice(-15).join('\n') || error}`,
    );
  }
}

export function buildah(...args: string[]): Promise<string> {
  return run('buildah', [...STORAGE, ...args]);
}

/** Builds an image of what is in the store. What a failed build had mounted goes with it. */
export function bud(...args: string[]): Promise<string> {
  const flags = ['--isolation=chroot', '--layers', '--force-rm', '--pull-never', '--quiet'];
  return buildah('bud', ...flags, ...args);
}

/** podman's own flags, before its subcommand. */
export const PODMAN = [...STORAGE, '--runtime=runc', '--cgroup-manager=cgroupfs', '--events-backend=none'];

export async function imageExists(name: string): Promise<boolean> {
  const names = await buildah('images', '--format={{.Name}}:{{.Tag}}');
  return names.split('\n').includes(name);
}

/** Makes an image of a folder. */
export async function commit(
  name: string,
  root: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const container = await buildah('from', 'scratch');
  try {
    await buildah('add', '--quiet', container, root, '/');
    const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    await buildah('config', ...variables, container);
    await buildah('commit', '--quiet', container, name);
  } finally {
    await buildah('rm', container);
  }
}

/**
 * Limits that this process may hand on. podman would ask for more than a container in a container is allowed:
 * its default of open files, and 32768 processes, the most that it sets for itself.
 */
export async function ulimits(): Promise<string[]> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const hard = (name: string, most: number) => {
    const value = new RegExp(`^${name} +\\S+ +(\\S+)`, 'm').exec(limits)?.[1];
    return Math.min(most, value === undefined || value === 'unlimited' ? most : Number(value));
  };
  const files = hard('Max open files', 1048576);
  const processes = hard('Max processes', 32768);
  return [`--ulimit=nofile=${files}:${files}`, `--ulimit=nproc=${processes}:${processes}`];
}
