import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { CloudifyManager } from './cloudify-manager';
import { imageFrom, warnOfUnpublished } from './private/image-variable';

const app = new App();
const namespace = namespaceFrom('NAMESPACE') ?? 'cloudify';
const namespaceName = namespaceFrom('COMPONENT_NAMESPACE');
const image = imageFrom('MANAGER_IMAGE');
const initImage = imageFrom('INIT_IMAGE');

// The Namespace has its own chart, because it is cluster-scoped. The other chart depends on this one, so its file sorts
// first, and one `kubectl apply -f dist/` is enough.
const environment = new Chart(app, 'namespace');
new kplus.Namespace(environment, 'Namespace', {
  metadata: {
    name: namespace,
    // Cloudify Manager runs systemd in a privileged container, and the cluster's default may forbid it.
    labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
  },
});

const manager = new Chart(app, 'cloudify-manager', { namespace });
manager.addDependency(environment);
const { container, init } = new CloudifyManager(manager, 'CloudifyManager', {
  image,
  init: { image: initImage },
  components: namespaceName === undefined ? undefined : { namespaceName },
});

app.synth();

if (image === undefined) {
  warnOfUnpublished('MANAGER_IMAGE', container.image);
}
if (initImage === undefined) {
  warnOfUnpublished('INIT_IMAGE', init.container.image);
}

/** The name is checked here once. Otherwise the API server would report it for each object. */
function namespaceFrom(variable: string): string | undefined {
  const name = process.env[variable];
  if (name && !/^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    console.error(
      `${variable} ${JSON.stringify(name)} is not valid: give at most 63 lower-case letters, digits or "-". The first ` +
        'and the last character must not be "-".',
    );
    process.exit(1);
  }
  if (name && /^(default|kube-.*)$/.test(name)) {
    console.error(
      `${variable} ${JSON.stringify(name)} belongs to Kubernetes: give a namespace that only Cloudify uses. The manifests ` +
        'create the namespace, and deleting the manifests deletes it.',
    );
    process.exit(1);
  }
  return name || undefined;
}
