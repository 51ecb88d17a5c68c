// A pipeline that deploys to all sites, in two steps. The first brings the site that the pipeline runs in into the
// kubeconfig; when it has ended, the second finds the file complete, and does not have to wait for it. The namespace is
// made once:
//
//   kubectl create namespace pipeline
//
// Each run of the pipeline applies the same manifests, after it has deleted the Jobs of the run before:
//
//   kubectl -n pipeline delete job register deploy --ignore-not-found
//   kubectl apply -f dist/0000-register.k8s.yaml
//   kubectl -n pipeline wait --for=condition=complete --timeout=5m job/register
//   kubectl apply -f dist/0001-deploy.k8s.yaml

import { App, Chart, Duration } from 'cdk8s';
import { MultisiteInitJob, MultisiteKubeconfig, SiteCredential } from 'cdk8s-multisite';
import * as kplus from 'cdk8s-plus-27';

const NAMESPACE = 'pipeline';

const app = new App();

const register = new Chart(app, 'register', { namespace: NAMESPACE });
const { configMap } = new MultisiteKubeconfig(register, 'Kubeconfig');

// As whom the pipeline deploys to this site.
const site = new kplus.ServiceAccount(register, 'Site', { metadata: { name: 'pipeline-site' } });
const deployer = new kplus.Role(register, 'Deployer', { metadata: { name: 'pipeline-site' } });
deployer.allowReadWrite(kplus.ApiResource.DEPLOYMENTS, kplus.ApiResource.SERVICES);
deployer.bind(site);

new MultisiteInitJob(register, 'Init', {
  configMap,
  location: 'berlin',
  user: 'berlin',
  // A Job renews nothing: as long as a run of the pipeline may take.
  credential: SiteCredential.requested(site, { expiration: Duration.hours(2) }),
  image: { repository: 'registry.example/multisite', tag: '0.1.0' },
  metadata: { name: 'register' },
  ttlAfterFinished: Duration.hours(1),
});

const deploy = new Chart(app, 'deploy', { namespace: NAMESPACE });
deploy.addDependency(register);
new kplus.Job(deploy, 'Job', {
  metadata: { name: 'deploy' },
  backoffLimit: 2,
  ttlAfterFinished: Duration.hours(1),
  containers: [
    {
      name: 'deploy',
      image: 'registry.example/deploy:1.0',
      args: ['--kubeconfig=/etc/multisite/kubeconfig', '--all-contexts'],
      securityContext: { user: 65532, group: 65532 },
      volumeMounts: [
        {
          path: '/etc/multisite',
          volume: kplus.Volume.fromConfigMap(deploy, 'KubeconfigVolume', configMap),
          readOnly: true,
        },
      ],
    },
  ],
});

app.synth();
