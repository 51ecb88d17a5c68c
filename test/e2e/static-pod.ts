import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { expect, inject, vi } from 'vitest';
import { kubernetesBinary } from '../../devcluster/builds/kubernetes.ts';
import { MANIFEST_FOLDER } from '../../devcluster/node/kubelet.ts';
import { NODE_NAME } from '../../devcluster/node/network.ts';
import { kubectl } from '../src/kubectl.ts';
import { inNode } from './in-node.ts';
import { POD_WITHIN } from './running-pods.ts';

const ROOT = join(import.meta.dirname, '../..');
const METRICS = 'fetch("http://127.0.0.1:9780/metrics").then((answer) => answer.text()).then(console.log)';

/** The folder of kubeadm, in the node's own /var/lib. A real node has it at /etc/kubernetes, which here is the machine's. */
export const KUBERNETES_FOLDER = '/var/lib/kubernetes';

/** The path on the machine of a path below the node's own /var/lib. */
export function onMachine(path: string): string {
  return join(inject('node').folder, path);
}

/** Gives the node what kubeadm leaves on a control-plane node: the CA with its key, and a kubeconfig for the local API server. */
export async function writeKubeadmFolder(): Promise<void> {
  const { folder } = inject('node');
  const kubernetes = onMachine(KUBERNETES_FOLDER);
  await mkdir(join(kubernetes, 'pki'), { recursive: true });
  for (const name of ['ca.crt', 'ca.key']) {
    await copyFile(join(folder, name), join(kubernetes, 'pki', name));
  }
  await copyFile(join(folder, 'inside.kubeconfig'), join(kubernetes, 'controller-manager.conf'));
}

/** Runs a script in the node, with kubeadm and kubectl in its PATH. */
export async function onNode(script: string): Promise<string> {
  const kubernetes = dirname(await kubernetesBinary('kubeadm'));
  await kubernetesBinary('kubectl');
  return inNode('env', `PATH=${kubernetes}:${process.env.PATH}`, 'bash', '-euo', 'pipefail', '-c', script);
}

/** Makes a client certificate, as the timer does. */
export function renewCertificate(kubernetes = KUBERNETES_FOLDER): Promise<string> {
  return onNode(`${join(ROOT, 'metainit-static-pod/metainit-certificate.sh')} ${kubernetes}`);
}

/** Waits until the mirror pod of a static pod is ready. */
export function readyMirrorPod(name: string): Promise<V1Pod> {
  return vi.waitFor(async () => {
    const pod: V1Pod = JSON.parse(
      await kubectl(['get', 'pod', `${name}-${NODE_NAME}`, '-n', 'kube-system', '-o', 'json']),
    );
    expect(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    return pod;
  }, POD_WITHIN);
}

/** Removes the manifest, and waits until the mirror pod is gone. */
export async function removeStaticPod(name: string): Promise<void> {
  await rm(join(onMachine(MANIFEST_FOLDER), `${name}.yaml`), { force: true });
  const pod = [`pod/${name}-${NODE_NAME}`, '-n', 'kube-system'];
  await kubectl(['wait', '--for=delete', ...pod, '--timeout=120s']);
}

/** A sample of the metrics that metainit serves at the node's loopback address. */
export async function metricOnNode(name: string): Promise<number> {
  const text = await inNode(process.execPath, '-e', METRICS);
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`metainit_${name} `))
      ?.split(' ')[1],
  );
}
