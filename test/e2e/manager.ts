import { join } from 'node:path';
import { expect, inject, vi } from 'vitest';
import { BUSYBOX_IMAGE } from '../../devcluster/images/busybox-image.ts';
import { deployCommand } from '../../start/deploy.ts';
import { hostPathVolume } from '../../start/host-path-volume.ts';
import { only, synthesize } from '../../start/manifests.ts';
import { APPLY, kubectl } from '../src/kubectl.ts';
import { POD_WITHIN, runningPod } from './running-pods.ts';

const DEPLOYMENT = 'dcae-cloudify-manager';
const CONTAINER = 'cloudify-manager';
const READY_WITHIN = { timeout: 240_000, interval: 500 };
const BLUEPRINTS = 'http://localhost/api/v3.1/blueprints';

/** The Cloudify Manager of this repository's app, in a namespace of its own. */
export class Manager {
  readonly namespace: string;
  /** Where it may deploy. */
  readonly componentNamespace: string;

  constructor(namespace: string, componentNamespace: string) {
    this.namespace = namespace;
    this.componentNamespace = componentNamespace;
  }

  /** Where its manifests are. */
  get folder(): string {
    return join(inject('node').folder, this.namespace);
  }

  /** Synthesizes the manifests and applies them as they are. */
  async apply(): Promise<void> {
    const { namespace, componentNamespace, folder } = this;
    const node = inject('node').folder;
    const objects = await synthesize(namespace, folder, { componentNamespace });
    const claim = only(objects, 'PersistentVolumeClaim');
    const volume = hostPathVolume(namespace, join(node, 'volumes', namespace), claim);
    await kubectl(APPLY, JSON.stringify(volume));
    await kubectl(['apply', '--validate=strict', '-f', folder]);
  }

  async delete(): Promise<void> {
    const { namespace, componentNamespace } = this;
    await kubectl(['delete', 'namespace', namespace, componentNamespace, '--ignore-not-found']);
    await kubectl(['delete', 'persistentvolume', namespace, '--ignore-not-found']);
  }

  /** Its pod, once that runs. */
  pod() {
    return runningPod(this.namespace, DEPLOYMENT);
  }

  /** Waits until all containers of its pod are ready. The manifests do not even ask in the first minute. */
  async untilReady(): Promise<void> {
    await vi.waitFor(async () => {
      const { status } = await this.pod();
      expect(status?.containerStatuses?.map(({ ready }) => ready)).toEqual([true, true]);
    }, READY_WITHIN);
  }

  /** Runs a command in its container; its stdout. */
  exec(...command: string[]): Promise<string> {
    return this.#exec(command, '');
  }

  /** Runs a Python program in its container, where the Kubernetes client of Cloudify's plugin is. */
  python(program: string): Promise<string> {
    return this.#exec(['python3', '-'], program);
  }

  /** Has it deploy a workload, by its kubeconfig. */
  async deploy(namespace: string, name: string): Promise<void> {
    const { command, stdin } = await deployCommand(namespace, name, BUSYBOX_IMAGE);
    await this.#exec(command, stdin);
  }

  /** Has it deploy a workload where it may, and waits until that runs. */
  async deployRunning(name: string): Promise<void> {
    await this.deploy(this.componentNamespace, name);
    await runningPod(this.componentNamespace, name);
  }

  /** Gives it something to keep. */
  putBlueprint(name: string, content: string): Promise<string> {
    const put = ['--request', 'PUT', '--data', content];
    return this.exec('curl', '--fail', '--silent', ...put, `${BLUEPRINTS}/${name}`);
  }

  /** What it has kept, once its services run. */
  blueprint(name: string): Promise<string> {
    return vi.waitFor(() => this.exec('curl', '--fail', '--silent', `${BLUEPRINTS}/${name}`), POD_WITHIN);
  }

  /** Waits until systemd in it has started everything, and nothing of it failed. */
  async untilBooted(): Promise<void> {
    await vi.waitFor(async () => {
      const state = await this.exec('bash', '-c', 'systemctl is-system-running --wait || systemctl --failed');
      expect(state).toBe('running\n');
    }, POD_WITHIN);
  }

  #exec(command: readonly string[], stdin: string): Promise<string> {
    const container = [`deployment/${DEPLOYMENT}`, '-n', this.namespace, '-c', CONTAINER];
    return kubectl(['exec', '--stdin', ...container, '--', ...command], stdin);
  }
}
