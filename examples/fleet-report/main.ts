// A report over all sites: a workload that reads the kubeconfig with a context for each. The kubeconfig is in a
// Secret, which Kubernetes' role `view` does not read, and the namespace enforces Pod Security `restricted`.

import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { MultisiteInit, MultisiteKubeconfig, SiteCredential } from 'cdk8s-multisite';
import * as kplus from 'cdk8s-plus-27';

const app = new App();

// A chart of its own for what is in no namespace.
const cluster = new Chart(app, 'cluster');
new kplus.Namespace(cluster, 'Namespace', {
  metadata: { name: 'fleet-report', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});

const chart = new Chart(app, 'fleet-report', { namespace: 'fleet-report' });
chart.addDependency(cluster);

// As whom the report acts in this site: it may look at the nodes.
const site = new kplus.ServiceAccount(chart, 'Site', { metadata: { name: 'fleet-report-site' } });
const nodes = new kplus.ClusterRole(cluster, 'Nodes', { metadata: { name: 'fleet-report-nodes' } });
nodes.allowRead(kplus.ApiResource.NODES);
nodes.bind(site);

const kubeconfig = MultisiteKubeconfig.secret(chart, 'Kubeconfig');

const report = new kplus.Deployment(chart, 'Report', {
  metadata: { name: 'fleet-report' },
  replicas: 2,
  containers: [
    {
      name: 'report',
      image: 'registry.example/fleet-report:1.0',
      args: ['--kubeconfig=/etc/fleet/kubeconfig'],
      portNumber: 8080,
      securityContext: { user: 65532, group: 65532 },
      volumeMounts: [
        {
          path: '/etc/fleet', // a directory: the token is renewed while the pod runs
          volume: kplus.Volume.fromSecret(chart, 'KubeconfigVolume', kubeconfig),
          readOnly: true,
        },
      ],
    },
  ],
});
report.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });

// What `restricted` asks for besides, of containers that cdk8s-plus makes. Those of MultisiteInit have it.
ApiObject.of(report).addJsonPatch(
  JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
  JsonPatch.add('/spec/template/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
);

// Both replicas keep the same entry: the token is one of the site's account, not of a pod.
new MultisiteInit(chart, 'Init', {
  pod: report,
  secret: kubeconfig,
  location: 'berlin',
  user: 'berlin',
  credential: SiteCredential.requested(site),
  refresh: true,
  image: { repository: 'registry.example/multisite', tag: '0.1.0' },
});

app.synth();
