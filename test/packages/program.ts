import { App, Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import {
  CloudifyManager,
  HoldPods,
  Metainit,
  MetainitStaticPod,
  MultisiteInit,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';

/** The program that python/main.py, go/main.go and java/Main.java are in their languages. */
export function synthesize(outdir: string): void {
  const app = new App({ outdir });

  const reports = new Chart(app, 'reports', { namespace: 'reports' });
  const kubeconfig = new MultisiteKubeconfig(reports, 'Kubeconfig');
  const deployment = new kplus.Deployment(reports, 'Deployment', {
    replicas: 1,
    containers: [{ name: 'reports', image: 'registry.example/reports:1.0' }],
  });
  const site = new kplus.ServiceAccount(reports, 'Site', { metadata: { name: 'reports-site' } });
  new MultisiteInit(reports, 'Init', {
    pod: deployment,
    configMap: kubeconfig.configMap,
    location: 'berlin',
    user: 'berlin',
    credential: SiteCredential.requested(site, { expiration: Duration.hours(2) }),
    refresh: true,
  });

  const manager = new Chart(app, 'manager', { namespace: 'cloudify' });
  new CloudifyManager(manager, 'CloudifyManager');

  const hold = new Chart(app, 'hold', { namespace: 'apps' });
  const controller = new kplus.Deployment(hold, 'Controller', {
    metadata: { name: 'controller' },
    serviceAccount: new kplus.ServiceAccount(hold, 'Account', { metadata: { name: 'controller' } }),
    containers: [{ name: 'controller', image: 'registry.example/controller:1.0' }],
  });
  Metainit.addLabel(controller);
  const metainit = new Metainit(hold, 'Metainit', { gates: ['example.com/hold'], namespaces: ['apps'] });
  new HoldPods(hold, 'HoldPods', {
    gate: 'example.com/hold',
    namespaces: kplus.Namespaces.select(hold, 'Held', { labels: { hold: 'true' } }),
    metainit,
    mayRemoveGate: [controller],
    maySetLabel: [kplus.Group.fromName(hold, 'Deployers', 'deployers')],
    kubernetesVersion: '1.36',
  });
  new MetainitStaticPod(hold, 'StaticPod', { manifestChart: new Chart(app, 'manifest'), port: 9781 });

  app.synth();
}
