import { type ExecFileOptions, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { howToInstall } from '../requirements.ts';

/**
 * Our own store, because its base images have the names of public images, and other programs must not find them. It
 * stays between runs to keep the layers.
 */
const STORE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk8s-multisite/containers');

/** The folder for archives of the store's images. */
export const ARCHIVES = `${STORE}-archives`;

/** podman refuses a run root of more than 50 characters, so it is not in the store. Each store has its own run root. */
const RUN_ROOT = join(
  process.getuid?.() === 0 ? '/run' : (process.env.XDG_RUNTIME_DIR ?? '/tmp'),
  `cdk8s-multisite-${createHash('sha256').update(STORE).digest('hex').slice(0, 8)}`,
);

const STORAGE = ['--root', STORE, '--runroot', RUN_ROOT];

/** Runs a command. Returns its stdout. @throws with its stderr, or with how to install the command */
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
      throw new Error(`${command} is not installed, and the tests need it: ${howToInstall(command)}`);
    }
    throw new Error(
      `${command} ${args.join(' ')}: ${stderr?.trim().split('\n').slice(-15).join('\n') || error}`,
    );
  }
}

export function buildah(...args: string[]): Promise<string> {
  return run('buildah', [...STORAGE, ...args]);
}

/** Builds an image from images of the store. Mounts of a failed build end with the build. */
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

/** Creates an image from a folder. */
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
 * The limits that this process can pass on. podman's defaults for open files and processes (32768) are more than a
 * container in a container may have.
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
