import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { CloudifyManager } from './cloudify-manager';

const app = new App();
const namespace = process.env.NAMESPACE || 'cloudify';
// Said here, once, rather than by the API server of each object.
if (!/^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace)) {
  console.error(
    `NAMESPACE ${JSON.stringify(namespace)} is not valid: give lower-case letters, digits or "-", at most 63, ` +
      'beginning and ending without a "-".',
  );
  process.exit(1);
}

// A chart of its own: a Namespace is in no namespace, and the file of a chart that others depend on sorts
// first, so that one `kubectl apply -f dist/` does.
const environment = new Chart(app, 'namespace');
new kplus.Namespace(environment, 'Namespace', {
  metadata: {
    name: namespace,
    // Cloudify Manager runs systemd in a privileged container, and a cluster may default to something stricter.
    labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
  },
});

const manager = new Chart(app, 'cloudify-manager', { namespace });
manager.addDependency(environment);
new CloudifyManager(manager, 'CloudifyManager');

app.synth();
