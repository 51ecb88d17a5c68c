import { ApiObject, type ApiObjectMetadata, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type IMetainit, Metainit } from './metainit';
import type { MetainitOptions } from './metainit-options';
import { isResource } from './private/api-objects';
import { addFlowSchema } from './private/program/flow-schema';
import { checkMetainitOptions } from './private/program/metainit-container';
import { metainitMetadata } from './private/program/metainit-metadata';
import { addStaticPod } from './private/program/metainit-static-pod';
import { addReleaseRights } from './private/program/release-rights';
import { reportNames } from './private/validation/duplicate-names';
import { reportMetadata } from './private/validation/metadata';
import { givenInWords } from './private/validation/objects';
import { report } from './private/validation/report';
import { isWhole } from './private/validation/values';

/** The namespace of the other static pods of a control plane. */
const NAMESPACE = 'kube-system';

/** Not the name of a `Metainit`: a cluster may have both, and each needs its own binding. */
const DEFAULT_NAME = 'metainit-static-pod';

/** The name in the client certificate. */
const USER = 'metainit';

/**
 * Properties for `MetainitStaticPod`.
 */
export interface MetainitStaticPodProps extends MetainitOptions {
  /**
   * The chart that gets the static pod, and nothing else. cdk8s writes the file of this chart for the manifest folder
   * of the kubelet. The file must not be applied to a cluster. So the best chart is in an App of its own, with another
   * output folder: `new Chart(new App({ outdir: 'manifests' }), 'metainit')`.
   */
  readonly manifestChart: Chart;

  /**
   * Port of the endpoints `/healthz`, `/readyz` and `/metrics`, on the loopback address of the node. No other program
   * of the node may use the port.
   *
   * @default 9780
   */
  readonly port?: number;

  /**
   * Labels, annotations and name of all objects.
   *
   * @default - The name is "metainit-static-pod". The objects have the labels that Kubernetes recommends.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * The program metainit as a static pod: the kubelet of each control-plane node runs it from a file. So it needs no
 * scheduler, no network of pods, and no running controller. Otherwise it does what `Metainit` does.
 *
 * It renders two things:
 *
 * - the static pod, in `manifestChart`: put this file into the manifest folder of each control-plane node.
 * - the role, its binding and the FlowSchema for the user `metainit`, in the construct's own chart: apply them.
 *
 * The pod reads `/var/lib/metainit/kubeconfig` on its node, with a client certificate of the user `metainit`. The guide
 * `docs/metainit-static-pod.md` has the script and the systemd timer that make and renew this file.
 *
 * The FlowSchema needs Kubernetes 1.29. On 1.28 the API server refuses this one object, and all else works.
 */
export class MetainitStaticPod extends Construct implements IMetainit {
  /**
   * Key of the label of the pods that the program releases.
   */
  public readonly label: string;

  /**
   * The names of the scheduling gates that the program removes. Undefined or empty if it removes all.
   */
  public readonly gates?: string[];

  /**
   * Name of the namespace that the pod runs in: "kube-system".
   */
  public readonly namespaceName: string;

  /**
   * The user name in the program's client certificate: "metainit".
   */
  public readonly userName: string;

  /**
   * The static pod, in `manifestChart`.
   */
  public readonly pod: kplus.Pod;

  /**
   * The program's container.
   */
  public readonly container: kplus.Container;

  /**
   * The rights of the program in all namespaces. Undefined if `namespaces` is given.
   */
  public readonly clusterRole?: kplus.ClusterRole;

  /**
   * The ClusterRoleBinding of `clusterRole`. Undefined if `namespaces` is given.
   */
  public readonly clusterRoleBinding?: kplus.ClusterRoleBinding;

  /**
   * The rights of the program in each of the given `namespaces`. Empty without `namespaces`.
   */
  public readonly roles: kplus.Role[];

  /**
   * The RoleBindings of `roles`, in the same order.
   */
  public readonly roleBindings: kplus.RoleBinding[];

  /**
   * The FlowSchema that gives the program's requests the priority level `workload-high`.
   */
  public readonly flowSchema: ApiObject;

  constructor(scope: Construct, id: string, props: MetainitStaticPodProps) {
    super(scope, id);
    const { label = Metainit.DEFAULT_LABEL, namespaces, manifestChart, port } = props;
    reportMetadata(this, props.metadata, `the pod is always in the namespace ${NAMESPACE}`);
    const chartMistakes = checkChart(this, manifestChart);
    report(this, [...chartMistakes, ...checkPort(port), ...checkMetainitOptions(this, props)]);
    const metadata = metainitMetadata({ name: DEFAULT_NAME, ...props.metadata });

    this.label = label;
    this.gates = props.gates;
    this.namespaceName = NAMESPACE;
    this.userName = USER;
    // With a wrong chart, the pod is here until the synthesis fails.
    const podScope = chartMistakes.length === 0 ? manifestChart : this;
    this.pod = addStaticPod(podScope, id, { ...metadata, namespace: NAMESPACE }, props, port);
    this.container = this.pod.containers[0] as kplus.Container;

    const rights = addReleaseRights(this, metadata, kplus.User.fromName(this, 'User', USER), namespaces);
    this.clusterRole = rights.clusterRole;
    this.clusterRoleBinding = rights.clusterRoleBinding;
    this.roles = rights.roles;
    this.roleBindings = rights.roleBindings;
    this.flowSchema = addFlowSchema(this, metadata, { kind: 'User', user: { name: USER } });
    this.node.defaultChild = this.flowSchema;
    reportNames(this, () => [...this.node.findAll().filter(isResource), this.flowSchema]);
    if (chartMistakes.length === 0) {
      this.node.addValidation({ validate: () => checkAlone(manifestChart) });
    }
  }
}

function checkChart(construct: Construct, chart: Chart): string[] {
  if (!Chart.isChart(chart)) {
    return [`manifestChart is ${givenInWords(chart)}: give a Chart.`];
  }
  return chart === Chart.of(construct)
    ? [
        'manifestChart is the chart of this construct, whose objects are applied: give another Chart, so that the ' +
          'static pod has a file of its own.',
      ]
    : [];
}

function checkPort(port: number | undefined): string[] {
  return port === undefined || isWhole(port, 1, 65535)
    ? []
    : [`port is ${port}: give a whole number from 1 to 65535.`];
}

/** The kubelet runs each pod of a manifest file, and reads only pods. */
function checkAlone(chart: Chart): string[] {
  const others = chart.node
    .findAll()
    .filter((other) => ApiObject.isApiObject(other) && Chart.of(other) === chart);
  return others.length <= 1
    ? []
    : [
        'manifestChart has other objects too, and the kubelet reads one pod from a file: give a Chart of its own.',
      ];
}
