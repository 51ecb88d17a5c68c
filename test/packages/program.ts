import { App, Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { CloudifyManager, MultisiteInit, MultisiteKubeconfig, SiteCredential } from '../../src/index.ts';

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

  app.synth();
}
