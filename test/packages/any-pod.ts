import { ApiObject, App, Chart } from 'cdk8s';
import * as newest from 'cdk8s-plus-34';
import { MultisiteInit, MultisiteKubeconfig } from '../../src/index.ts';

/** The program that python/any_pod.py is in Python: pods that cdk8s-plus-27 has not made. */
export function synthesizeAnyPod(outdir: string): void {
  const app = new App({ outdir });
  const chart = new Chart(app, 'reports', { namespace: 'reports' });
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');

  const deployment = new newest.Deployment(chart, 'Deployment', {
    replicas: 1,
    containers: [{ name: 'reports', image: 'registry.example/reports:1.0', portNumber: 8080 }],
  });
  new MultisiteInit(chart, 'Init', { pod: deployment, configMap, refresh: true });

  const plain = new ApiObject(chart, 'Plain', {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { containers: [{ name: 'plain', image: 'registry.example/plain:1.0' }] },
  });
  new MultisiteInit(chart, 'PlainInit', { pod: plain, configMap, location: 'plain', user: 'plain' });

  const job = new newest.Job(chart, 'Job', {
    containers: [{ name: 'job', image: 'registry.example/job:1.0' }],
  });
  new MultisiteInit(chart, 'JobInit', {
    pod: job,
    configMap,
    location: 'job',
    user: 'job',
    sidecar: true,
    kubernetesVersion: '1.31',
  });

  app.synth();
}
