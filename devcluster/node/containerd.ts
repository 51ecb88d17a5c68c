import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Component } from '../control-plane/component.ts';
import { NODE_PATH } from './node-path.ts';

/** The path of the socket inside the node, for the kubelet and `ctr`. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** The kubelet's namespace in containerd. */
const KUBERNETES_NAMESPACE = 'k8s.io';

export interface ContainerdOptions {
  readonly folder: string;
  /** The folder of the CNI plugins. */
  readonly cniPlugins: string;
  /** The folder of their configuration. */
  readonly cniConfiguration: string;
  /** The image of the process that holds a pod's namespaces. */
  readonly pauseImage: string;
  readonly ctr: string;
}

/** containerd with its data in `folder`. */
export async function containerd(command: string, options: ContainerdOptions): Promise<Component> {
  const configuration = join(options.folder, 'containerd.toml');
  await writeFile(configuration, containerdConfiguration(options));
  return {
    name: 'containerd',
    command,
    args: [`--config=${configuration}`],
    env: { PATH: NODE_PATH },
    isReady: () =>
      ctr(options.ctr, 'version').then(
        () => true,
        () => false,
      ),
  };
}

/** Runs `ctr` among the images and containers of Kubernetes. */
export async function ctr(command: string, ...args: string[]): Promise<string> {
  const flags = [`--address=${CONTAINERD_SOCKET}`, `--namespace=${KUBERNETES_NAMESPACE}`];
  const { stdout } = await promisify(execFile)(command, [...flags, ...args]);
  return stdout;
}

function containerdConfiguration(options: ContainerdOptions): string {
  const { folder, cniPlugins, cniConfiguration, pauseImage } = options;
  return `version = 3
root = '${join(folder, 'containerd')}'
state = '/run/containerd'
imports = []
# These plugins would look for devices and services of the machine.
disabled_plugins = [
  'io.containerd.nri.v1.nri',
  'io.containerd.snapshotter.v1.blockfile',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.erofs',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.internal.v1.tracing',
  'io.containerd.tracing.processor.v1.otlp',
]
[grpc]
  address = '${CONTAINERD_SOCKET}'
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '${pauseImage}'
[plugins.'io.containerd.cri.v1.runtime']
  # If the node itself runs in a container, it may not lower the OOM score.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['${cniPlugins}']
    conf_dir = '${cniConfiguration}'
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = 'runc'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = 'io.containerd.runc.v2'
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        BinaryName = 'runc'
        SystemdCgroup = false
`;
}
