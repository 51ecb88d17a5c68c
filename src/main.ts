import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { CloudifyManager } from './cloudify-manager';

const app = new App();
const namespace = namespaceFrom('NAMESPACE') ?? 'cloudify';
const namespaceName = namespaceFrom('COMPONENT_NAMESPACE');

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
new CloudifyManager(manager, 'CloudifyManager', {
  components: namespaceName === undefined ? undefined : { namespaceName },
});

app.synth();

/** Judged here, once, rather than by the API server of each object. */
function namespaceFrom(variable: string): string | undefined {
  const name = process.env[variable];
  if (name && !/^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    console.error(
      `${variable} ${JSON.stringify(name)} is not valid: give lower-case letters, digits or "-", at most 63, ` +
        'beginning and ending without a "-".',
    );
    process.exit(1);
  }
  if (name && /^(default|kube-.*)$/.test(name)) {
    console.error(
      `${variable} ${JSON.stringify(name)} is a namespace of the cluster's own: give one for Cloudify alone, since the ` +
        'manifests create it, and deleting them deletes it.',
    );
    process.exit(1);
  }
  return name || undefined;
}
