import { ApiObject, type ApiObjectMetadata, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { MultisiteInitOptions } from '../multisite-init-options';
import { MultisiteKubeconfig } from '../multisite-kubeconfig';
import { SiteCredential } from '../site-credential';
import { checkAccountNamespace } from './account-namespace';
import { checkContainerName, checkDataKey, checkEntryName, checkMetadata, refuse } from './checks';
import { allowTokenRequests, credentialArgs } from './credential';
import { Identity } from './identity';
import { imageReference, MULTISITE_IMAGE } from './image-reference';
import { type KubeconfigObject, kubeconfigObject, objectErrors } from './kubeconfig-object';
import { podSpecPath } from './pod-spec';
import { addProgramContainer, type Program } from './program-container';
import { addRefresher, refresherName } from './refresher';
import { tokenVolume } from './token-volume';

export interface InitProgramProps extends MultisiteInitOptions {
  readonly pod: kplus.AbstractPod;
  readonly configMap?: kplus.IConfigMap;
  readonly secret?: kplus.ISecret;
  readonly containerName: string;
  /** Which of the pod's lists the container goes to. */
  readonly list: 'containers' | 'initContainers';
  /** The port of the refresher; without it there is none. */
  readonly refreshPort?: number;
  readonly metadata?: ApiObjectMetadata;
}

/** The init program in a pod, with all that it needs there. */
export interface InitProgram {
  readonly container: kplus.Container;
  readonly refreshContainer?: kplus.Container;
  readonly serviceAccount: kplus.IServiceAccount;
  readonly role: kplus.Role;
  readonly roleBinding: kplus.RoleBinding;
}

/** Adds the init program to a pod; its Role and RoleBinding become children of `scope`. */
export function addInitProgram(scope: Construct, props: InitProgramProps): InitProgram {
  const { pod, containerName, list, refreshPort } = props;
  const object = kubeconfigObject(scope, props);
  const credential = props.credential ?? SiteCredential.podIdentity();
  check(scope, props, object, credential);

  const program = programOf(scope, props, object, credential);
  const container = addProgramContainer(scope, pod, program, { name: containerName, list });
  const refreshContainer =
    refreshPort === undefined
      ? undefined
      : addRefresher(scope, pod, program, refresherName(containerName), refreshPort);
  const serviceAccount = pod.serviceAccount ?? ownServiceAccount(scope, pod, props.metadata);

  const metadata = { ...props.metadata, namespace: pod.metadata.namespace };
  const role = new kplus.Role(scope, 'Role', { metadata });
  role.allow(refreshContainer ? ['get', 'patch', 'watch'] : ['get', 'patch'], object.resource);
  if (credential.serviceAccount !== undefined) {
    allowTokenRequests(role, credential.serviceAccount);
    ApiObject.of(pod).addDependency(credential.serviceAccount);
  }
  const roleBinding = new kplus.RoleBinding(scope, 'RoleBinding', { metadata, role });
  roleBinding.addSubjects(new Identity(scope, 'Identity', pod, serviceAccount));

  // A bare pod is refused while its ServiceAccount does not exist, and the program fails without its rights.
  ApiObject.of(pod).addDependency(
    object.resource,
    serviceAccount,
    ApiObject.of(role),
    ApiObject.of(roleBinding),
  );

  return { container, refreshContainer, serviceAccount, role, roleBinding };
}

function check(
  scope: Construct,
  props: InitProgramProps,
  object: KubeconfigObject,
  credential: SiteCredential,
): void {
  const { pod, containerName } = props;
  checkMetadata(scope, props.metadata);
  checkContainerName(scope, containerName);
  checkDataKey(scope, keyOf(props));
  checkEntryName(scope, 'location', locationOf(props));
  checkEntryName(scope, 'user', userOf(props));
  checkNamespaces(scope, pod, object);
  if (credential.serviceAccount !== undefined) {
    checkAccountNamespace(scope, pod, credential.serviceAccount);
  }
  for (const name of containerNamesOf(props)) {
    if (namesOf(pod).includes(name)) {
      refuse(
        scope,
        `${pod.node.path} has a container named ${name} already: give this one another containerName, ` +
          'or add it once.',
      );
    }
  }
  scope.node.addValidation({ validate: () => lateErrors(props, object) });
}

function checkNamespaces(scope: Construct, pod: kplus.AbstractPod, object: KubeconfigObject): void {
  const { namespace } = pod.metadata;
  const chart = Chart.of(scope);
  if (namespace === undefined && chart.namespace !== undefined) {
    refuse(
      scope,
      `this chart has the namespace ${chart.namespace}, the pod has none: give both the same chart.`,
    );
  }
  const { kind, resource } = object;
  if (resource instanceof kplus.Resource && resource.metadata.namespace !== namespace) {
    refuse(
      scope,
      `${kind} ${resource.name} is in ${inWords(resource.metadata.namespace)}, the pod in ${inWords(namespace)}: ` +
        `a pod reads ${kind}s of its own namespace only, so give both the same.`,
    );
  }
}

/** What can still go wrong after the constructor: the pod and the object stay open to change. */
function lateErrors(props: InitProgramProps, object: KubeconfigObject): string[] {
  const { pod } = props;
  const twice = containerNamesOf(props)
    .filter((name) => namesOf(pod).filter((other) => other === name).length > 1)
    .map((name) => `${pod.node.path} has several containers named ${name}: give the later one another name.`);
  return [...twice, ...objectErrors(object, keyOf(props))];
}

function programOf(
  scope: Construct,
  props: InitProgramProps,
  object: KubeconfigObject,
  credential: SiteCredential,
): Program {
  const { namespace } = props.pod.metadata;
  return {
    image: imageReference(scope, props.image, MULTISITE_IMAGE),
    args: [
      `--namespace=${namespace ?? '$(POD_NAMESPACE)'}`,
      `--location=${literal(locationOf(props))}`,
      `--user=${literal(userOf(props))}`,
      `${object.flag}=${object.resource.name}`,
      `--key=${keyOf(props)}`,
      ...credentialArgs(credential),
    ],
    asksForNamespace: namespace === undefined,
    resources: props.resources,
    token: tokenVolume(scope, 'Token', `${props.containerName}-token`),
  };
}

/**
 * The ServiceAccount of a pod that came without one. It is a child of the pod, whose identity it is, so
 * that a second init container finds it there. The pod's own field for it is read-only.
 */
function ownServiceAccount(
  scope: Construct,
  pod: kplus.AbstractPod,
  metadata: ApiObjectMetadata | undefined,
): kplus.ServiceAccount {
  const id = 'MultisiteServiceAccount';
  const existing = pod.node.tryFindChild(id);
  if (existing instanceof kplus.ServiceAccount) {
    return existing;
  }
  const account = new kplus.ServiceAccount(pod, id, {
    metadata: { ...metadata, namespace: pod.metadata.namespace },
  });
  const path = podSpecPath(scope, pod);
  ApiObject.of(pod).addJsonPatch(JsonPatch.add(`${path}/serviceAccountName`, account.name));
  return account;
}

function locationOf(props: InitProgramProps): string {
  return props.location ?? 'central';
}

function userOf(props: InitProgramProps): string {
  return props.user ?? 'user00';
}

function keyOf(props: InitProgramProps): string {
  return props.key ?? MultisiteKubeconfig.DEFAULT_KEY;
}

/** The containers of ours, by name. */
function containerNamesOf({ containerName, refreshPort }: InitProgramProps): string[] {
  return refreshPort === undefined ? [containerName] : [containerName, refresherName(containerName)];
}

function namesOf(pod: kplus.AbstractPod): string[] {
  return [...pod.containers, ...pod.initContainers].map((container) => container.name);
}

function inWords(namespace: string | undefined): string {
  return namespace === undefined ? 'no namespace' : `namespace ${namespace}`;
}

/** Kubernetes expands `$(NAME)` in arguments; `$$` stands for the character itself. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
