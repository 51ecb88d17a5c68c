import { readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { inject, onTestFinished } from 'vitest';
import { systemClock } from '../../runtime/async/clock.ts';
import { kubeconfigConnection } from '../../runtime/kube/kubeconfig-connection.ts';
import { createTransport, type Transport } from '../../runtime/kube/transport.ts';

/** The admin of the control plane that all tests of the run share. */
export function admin(): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(inject('controlPlane').kubeconfig);
  return kubeConfig;
}

/** Requests as that admin. It goes with the test. */
export function adminTransport(): Transport {
  return transportBy(inject('controlPlane').kubeconfig);
}

/** Requests by the current context of a kubeconfig file. It goes with the test. */
export function transportBy(kubeconfig: string): Transport {
  const connect = kubeconfigConnection(kubeconfig, undefined, {
    readFile: (path) => readFileSync(path, 'utf8'),
    env: process.env,
    clock: systemClock,
  });
  const transport = createTransport(connect, 'test', systemClock);
  onTestFinished(() => transport.close());
  return transport;
}
