import { dirname, join } from 'node:path';
import type { Progress } from '../progress.ts';
import { goProgram } from './go-program.ts';
import { kubernetesBinary } from './kubernetes.ts';
import { type PinnedModule, pinnedModule } from './pinned-module.ts';

const CONTAINERD_MODULE = 'github.com/containerd/containerd/v2';
const CNI_MODULE = 'github.com/containernetworking/plugins';

const CONTAINERD = pinnedModule(CONTAINERD_MODULE, join(import.meta.dirname, 'modules/containerd'));
const CNI = pinnedModule(CNI_MODULE, join(import.meta.dirname, 'modules/cni'));

/** Without it, containerd does not know its version, and cannot report it to the kubelet. */
const CONTAINERD_VERSION = { [`${CONTAINERD_MODULE}/version.Version`]: `v${CONTAINERD.version}` };

/** The plugins that cni.ts configures. Each value is the folder of the plugin's kind. */
const CNI_PLUGINS = { bridge: 'main', loopback: 'main', 'host-local': 'ipam' } as const;

/** The paths of a node's programs. */
export interface NodePrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kubelet: string;
  readonly kubeProxy: string;
  /** The shim is in the same folder, because containerd searches it there. */
  readonly containerd: string;
  readonly ctr: string;
  /** The folder of the CNI plugins. */
  readonly cniPlugins: string;
}

/** The paths of all programs. Missing programs are built first, once. */
export async function nodePrograms(onProgress: Progress, signal: AbortSignal): Promise<NodePrograms> {
  const kubernetes = (name: Parameters<typeof kubernetesBinary>[0]) =>
    kubernetesBinary(name, onProgress, signal);
  const containerd = (name: string) =>
    program(
      name,
      `${CONTAINERD_MODULE}/cmd/${name}`,
      'containerd',
      CONTAINERD,
      CONTAINERD_VERSION,
      onProgress,
      signal,
    );
  const cni = ([name, kind]: [string, string]) =>
    program(name, `${CNI_MODULE}/plugins/${kind}/${name}`, 'cni-plugins', CNI, {}, onProgress, signal);

  await containerd('containerd-shim-runc-v2');
  let cniPlugin = '';
  for (const plugin of Object.entries(CNI_PLUGINS)) {
    cniPlugin = await cni(plugin);
  }
  return {
    etcd: await kubernetes('etcd'),
    apiServer: await kubernetes('kube-apiserver'),
    controllerManager: await kubernetes('kube-controller-manager'),
    scheduler: await kubernetes('kube-scheduler'),
    kubelet: await kubernetes('kubelet'),
    kubeProxy: await kubernetes('kube-proxy'),
    containerd: await containerd('containerd'),
    ctr: await containerd('ctr'),
    cniPlugins: dirname(cniPlugin),
  };
}

function program(
  name: string,
  mainPackage: string,
  release: string,
  { version, moduleFolder }: PinnedModule,
  variables: Readonly<Record<string, string>>,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<string> {
  return goProgram(
    {
      name,
      title: `${name} ${version}`,
      release: `${release}-${version}`,
      package: mainPackage,
      moduleFolder,
      variables,
      insteadOfBuilding: undefined,
    },
    onProgress,
    signal,
  );
}
