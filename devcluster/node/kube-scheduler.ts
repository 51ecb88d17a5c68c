import type { Component } from '../control-plane/component.ts';

export function kubeScheduler(command: string, kubeconfig: string): Component {
  return {
    name: 'kube-scheduler',
    command,
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--secure-port=0', // no client needs it
      '--kube-api-qps=500',
      '--kube-api-burst=500',
    ],
    isReady: async () => true, // the first pod waits for it
  };
}
