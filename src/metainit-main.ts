import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { HoldPods } from './hold-pods';
import { Metainit } from './metainit';
import { imageFrom, warnOfUnpublished } from './private/image-variable';

/** The gate of the hold, and the label of the namespaces whose pods it holds. */
const HOLD = 'k8s.opsani.io/hold';

const app = new App();
const image = imageFrom('INIT_IMAGE');

const program = new Chart(app, 'metainit');
const metainit = new Metainit(program, 'Metainit', { image });

// A separate file, because a cluster may have another hold already.
const hold = new Chart(app, 'hold-pods');
hold.addDependency(program);
new HoldPods(hold, 'HoldPods', {
  gate: HOLD,
  namespaces: kplus.Namespaces.select(hold, 'Held', { labels: { [HOLD]: 'true' } }),
  metainit,
  mayRemoveGate: releaser(hold),
  // The administrators of a cluster that kubeadm made.
  maySetLabel: ['system:masters', 'kubeadm:cluster-admins'].map((name) =>
    kplus.Group.fromName(hold, name, name),
  ),
  kubernetesVersion: '1.36',
});

app.synth();

if (image === undefined) {
  warnOfUnpublished('INIT_IMAGE', metainit.container.image);
}

/** The ServiceAccount of the controller that releases held pods, as NAMESPACE/NAME in the variable RELEASER. */
function releaser(scope: Chart): kplus.ISubject[] {
  const value = process.env.RELEASER;
  if (!value) {
    return [];
  }
  const [namespaceName, name, ...more] = value.split('/');
  if (!namespaceName || !name || more.length > 0) {
    console.error(
      `RELEASER ${JSON.stringify(value)} is not valid: give namespace and name of a ServiceAccount, like "apps/controller".`,
    );
    process.exit(1);
  }
  return [kplus.ServiceAccount.fromServiceAccountName(scope, 'Releaser', name, { namespaceName })];
}
