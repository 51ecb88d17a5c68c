import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { PODMAN, run, ulimits } from '../../devcluster/images/containers.ts';
import { processOf } from '../support/run-container.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WITH_OWN_CGROUPS = join(import.meta.dirname, '../support/with-own-cgroups.sh');

/** As under Kubernetes systemd mounts a /run of its own, over what is mounted below it. */
export const WITHOUT_RUN = [
  ...[
    '--volume=/sys/fs/cgroup:/sys/fs/cgroup:ro',
    '--security-opt=seccomp:unconfined',
    '--cap-add=SYS_ADMIN',
  ],
];

/** How the original's documentation has the image run in Docker. */
const OF_THE_ORIGINAL = [...WITHOUT_RUN, '--tmpfs=/run', '--tmpfs=/run/lock'];

export interface ContainerOptions {
  /** A folder or file of this machine, with `:ro` if so, for each path in the container. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Of `podman run`, in place of the original's. */
  readonly options?: readonly string[];
  /** Besides these. */
  readonly more?: readonly string[];
}

/** A container of the manager's image, which goes with the test. Each has a network of its own, for its port 80. */
export class ManagerContainer {
  readonly name = `manager-${randomBytes(4).toString('hex')}`;
  readonly #image: string;

  private constructor(image: string) {
    this.#image = image;
  }

  static async create(image: string, options: ContainerOptions = {}): Promise<ManagerContainer> {
    const container = new ManagerContainer(image);
    await container.#create(options);
    return container;
  }

  /** One that runs; not yet its services. */
  static async start(image: string, options: ContainerOptions = {}): Promise<ManagerContainer> {
    const container = await ManagerContainer.create(image, options);
    await container.start();
    return container;
  }

  async #create({ mounts = {}, options = OF_THE_ORIGINAL, more = [] }: ContainerOptions): Promise<void> {
    onTestFinished(() => this.remove());
    const volumes = Object.entries(mounts).map(([path, source]) => `--volume=${withPath(source, path)}`);
    await podman(
      ...['create', `--name=${this.name}`, '--pull=never', '--network=none', ...(await ulimits())],
      ...[...options, ...more, ...volumes, this.#image],
    );
  }

  /** Has everything ready to run its command; the process that will, as this machine numbers it. */
  async init(): Promise<number> {
    await podmanWithOwnCgroups('init', this.name);
    return processOf(this.name);
  }

  async start(): Promise<void> {
    await podmanWithOwnCgroups('start', this.name);
  }

  async stop(): Promise<void> {
    await podman('stop', '--time=30', this.name);
  }

  async kill(): Promise<void> {
    await podman('kill', '--signal=KILL', this.name);
  }

  async remove(): Promise<void> {
    await podman('rm', '--force', '--volumes', '--time=0', '--ignore', this.name);
  }

  /** Runs a command in it; its stdout. */
  exec(...command: string[]): Promise<string> {
    return podman('exec', this.name, ...command);
  }

  bash(script: string): Promise<string> {
    return this.exec('bash', '-euc', script);
  }

  /** What its start said: systemd's own lines go to the journal. */
  async log(): Promise<string> {
    return run('/bin/sh', ['-c', 'exec podman "$@" 2>&1', 'sh', ...PODMAN, 'container', 'logs', this.name]);
  }

  /** Waits for its end. */
  async exitCode(): Promise<number> {
    return vi.waitFor(async () => {
      const state = await podman('inspect', '--format={{.State.Status}} {{.State.ExitCode}}', this.name);
      const [status, exitCode] = state.split(' ');
      if (status !== 'exited') {
        throw new Error(`${status}\n${await this.log()}`);
      }
      return Number(exitCode);
    }, WAITING);
  }

  /** Waits until systemd has started everything; its state then. */
  async systemState(): Promise<string> {
    return this.#poll('systemctl is-system-running || true', (state) => /^(running|degraded)$/.test(state));
  }

  async untilReady(): Promise<void> {
    await this.#poll('/scripts/readiness-check.sh && echo ready || true', (said) => said.endsWith('ready'));
  }

  async #poll(script: string, isEnough: (said: string) => boolean): Promise<string> {
    return vi.waitFor(async () => {
      const said = await this.bash(script).catch(String);
      if (!isEnough(said)) {
        throw new Error(`${said}\n${await this.log()}`);
      }
      return said;
    }, WAITING);
  }
}

const WAITING = { timeout: 120_000, interval: 100 };

/** An empty volume, which goes with the test. */
export async function newVolume(): Promise<string> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  return folder;
}

/** Runs a script in an image, without the image's own command; its stdout. */
export async function inImage(
  image: string,
  script: string,
  options: readonly string[] = [],
): Promise<string> {
  return podman(
    ...['run', '--rm', '--pull=never', '--network=none', '--entrypoint=/bin/bash', ...(await ulimits())],
    ...options,
    ...[image, '-euc', script],
  );
}

async function podman(...args: string[]): Promise<string> {
  return run('podman', [...PODMAN, ...args]);
}

/** For what starts systemd, which makes the folder of cgroup v1 that it finds read-only. */
async function podmanWithOwnCgroups(...args: string[]): Promise<string> {
  return run(WITH_OWN_CGROUPS, ['podman', ...PODMAN, ...args]);
}

function withPath(source: string, path: string): string {
  return source.endsWith(':ro') ? `${source.slice(0, -3)}:${path}:ro` : `${source}:${path}`;
}
