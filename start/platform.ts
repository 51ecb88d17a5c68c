/** The facts that decide whether our own API server can run on a machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** The folder with built programs, `KUBEBUILDER_ASSETS`. */
  readonly assets: string | undefined;
}

/**
 * Why our own API server cannot run here, and what to do. Undefined if it can run.
 *
 * @param version the release of Kubernetes, without the `v`
 */
export function whyNoControlPlane({ platform, assets }: Machine, version: string): string | undefined {
  if (platform === 'linux' || (platform === 'darwin' && assets)) {
    return undefined;
  }
  const instead =
    platform === 'darwin'
      ? `Use built programs. setup-envtest of controller-runtime downloads them:
    export KUBEBUILDER_ASSETS="$(setup-envtest use ${version} -p path)" && npm start`
      : 'Run this on Linux: on Windows in WSL, elsewhere in a virtual machine.';
  return `This is ${nameOf(platform)}, and npm start can build etcd and kube-apiserver only on Linux. There are two other ways:
- ${instead}
- Use your own cluster, for example a kind cluster. npm start asks first, and removes everything that it created:
    npm start -- --context kind-kind`;
}

function nameOf(platform: NodeJS.Platform): string {
  const names: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', win32: 'Windows' };
  return names[platform] ?? platform;
}
