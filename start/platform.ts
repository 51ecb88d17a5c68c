/** What of a machine decides whether an API server of our own can run there. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** The folder of ready programs, `KUBEBUILDER_ASSETS`. */
  readonly assets: string | undefined;
}

/**
 * Why no API server of our own can run here, and what to do; undefined where one can.
 *
 * @param version the release of Kubernetes, without the `v`
 */
export function whyNoControlPlane({ platform, assets }: Machine, version: string): string | undefined {
  if (platform === 'linux' || (platform === 'darwin' && assets)) {
    return undefined;
  }
  const instead =
    platform === 'darwin'
      ? `Take ready programs, which setup-envtest of controller-runtime downloads:
    export KUBEBUILDER_ASSETS="$(setup-envtest use ${version} -p path)" && npm start`
      : 'Run this on Linux: on Windows in WSL, elsewhere in a virtual machine.';
  return `This is ${nameOf(platform)}, and npm start builds etcd and kube-apiserver on Linux alone. There are two other ways:
- ${instead}
- Show the main job in a cluster of yours, for example one of kind. It asks first, and removes what it made:
    npm start -- --context kind-kind`;
}

function nameOf(platform: NodeJS.Platform): string {
  const names: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', win32: 'Windows' };
  return names[platform] ?? platform;
}
