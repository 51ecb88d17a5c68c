import { ApiObject, type ApiObjectMetadata, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { MultisiteInitOptions } from '../../multisite-init-options';
import { MultisiteKubeconfig } from '../../multisite-kubeconfig';
import { SiteCredential } from '../../site-credential';
import { type AppIndex, validateInApp } from '../app-model';
import { Identity } from '../identity';
import { imageReference, MULTISITE_IMAGE } from '../image';
import { inWords } from '../in-words';
import { literal } from '../literal';
import { checkPodSecurity } from '../pod-security/check-pod';
import { checkPodKind } from '../pod-spec';
import { renderBefore } from '../render-order';
import { droppedFieldErrors } from '../validation/dropped-fields';
import { duplicateNameErrors } from '../validation/duplicate-names';
import { type Entry, entryErrors, registerEntry } from '../validation/entries';
import { checkKubeconfig } from '../validation/kubeconfig';
import { checkMetadata } from '../validation/metadata';
import { checkAccountNamespace } from '../validation/namespaces';
import { sharedVolumeErrors } from '../validation/replicas';
import { checkResources } from '../validation/resources';
import {
  checkContainerName,
  checkDataKey,
  checkEntryName,
  checkObjectName,
  mistake,
} from '../validation/values';
import {
  allowCredential,
  checkCredentialNamespace,
  credentialArgs,
  credentialDependencies,
  credentialMounts,
  tokenSecretErrors,
} from './credential';
import { type KubeconfigObject, kubeconfigObject } from './kubeconfig-object';
import { addProgramContainer, type Program } from './program-container';
import { addRefresher, refresherName } from './refresher';
import { ownServiceAccount } from './service-account';
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
  const entry = entryOf(scope, props, object);
  const { credential } = entry;
  check(scope, props, object, entry);

  const program = programOf(scope, props, object, entry);
  const container = addProgramContainer(pod, program, { name: containerName, list });
  const refreshContainer =
    refreshPort === undefined
      ? undefined
      : addRefresher(scope, pod, program, refresherName(containerName), refreshPort);
  const serviceAccount = pod.serviceAccount ?? ownServiceAccount(scope, pod, props.metadata);

  const metadata = {
    ...props.metadata,
    name: props.metadata?.name ?? `${pod.name}-${containerName}`,
    namespace: pod.metadata.namespace,
  };
  const role = new kplus.Role(scope, 'Role', { metadata });
  role.allow(refreshContainer ? ['get', 'patch', 'watch'] : ['get', 'patch'], object.resource);
  allowCredential(role, credential);
  const roleBinding = new kplus.RoleBinding(scope, 'RoleBinding', { metadata, role });
  roleBinding.addSubjects(new Identity(scope, 'Identity', pod, serviceAccount));

  // A bare pod is refused while its ServiceAccount does not exist, and the program fails without its rights.
  const needed = [object.resource, serviceAccount, role, roleBinding, ...credentialDependencies(credential)];
  renderBefore(ApiObject.of(pod), needed);
  checkPodSecurity(scope, pod);
  checkKubeconfig(scope, object.kind, object.resource, entry.key, pod);
  validateInApp(scope, (index) => [
    ...lateErrors(props, index),
    ...entryErrors(entry),
    ...tokenSecretErrors(credential),
    ...duplicateNameErrors([role, roleBinding], index),
  ]);
  return { container, refreshContainer, serviceAccount, role, roleBinding };
}

function entryOf(scope: Construct, props: InitProgramProps, object: KubeconfigObject): Entry {
  const entry = {
    writer: scope,
    pod: props.pod,
    kind: object.kind,
    object: object.resource,
    key: props.key ?? MultisiteKubeconfig.DEFAULT_KEY,
    location: props.location ?? 'central',
    user: props.user ?? 'user00',
    credential: props.credential ?? SiteCredential.podIdentity(),
  };
  registerEntry(entry);
  return entry;
}

function check(scope: Construct, props: InitProgramProps, object: KubeconfigObject, entry: Entry): void {
  const { pod, containerName } = props;
  checkPodKind(scope, pod);
  checkMetadata(scope, props.metadata);
  checkContainerName(scope, containerName);
  checkDataKey(scope, 'key', entry.key);
  checkEntryName(scope, 'location', entry.location);
  checkEntryName(scope, 'user', entry.user);
  checkResources(scope, 'resources', props.resources);
  if (pod.serviceAccount !== undefined) {
    checkAccountNamespace(scope, pod, pod.serviceAccount);
    checkObjectName(scope, 'serviceAccount.name', pod.serviceAccount.name);
  }
  checkNamespaces(scope, pod, object);
  if (!(entry.credential instanceof SiteCredential)) {
    // Untyped, it would pass for the pod's own token, and so decide as whom readers act.
    mistake(
      scope,
      'credential is no SiteCredential: give one of its makers, as SiteCredential.requested(…).',
    );
  }
  checkCredentialNamespace(scope, pod, entry.credential);
}

function checkNamespaces(scope: Construct, pod: kplus.AbstractPod, object: KubeconfigObject): void {
  const { namespace } = pod.metadata;
  const chart = Chart.of(scope);
  if (namespace === undefined && chart.namespace !== undefined) {
    mistake(
      scope,
      `this chart has the namespace ${chart.namespace}, the pod has none: give both the same chart.`,
    );
  }
  const { kind, resource } = object;
  if (resource instanceof kplus.Resource && resource.metadata.namespace !== namespace) {
    mistake(
      scope,
      `${kind} ${resource.name} is in ${inWords(resource.metadata.namespace)}, the pod in ${inWords(namespace)}: ` +
        `a pod reads ${kind}s of its own namespace only, so give both the same.`,
    );
  }
}

/** What can still go wrong after the constructor: pod and app stay open to change. */
function lateErrors(props: InitProgramProps, index: AppIndex): string[] {
  const { pod } = props;
  const twice = containerNamesOf(props)
    .filter((name) => namesOf(pod).filter((other) => other === name).length > 1)
    .map(
      (name) => `${pod.node.path} has several containers named ${name}: give this one another containerName.`,
    );
  return [...twice, ...sharedVolumeErrors(pod, index), ...droppedFieldErrors(pod)];
}

function programOf(
  scope: Construct,
  props: InitProgramProps,
  object: KubeconfigObject,
  entry: Entry,
): Program {
  const { namespace } = props.pod.metadata;
  return {
    image: imageReference(scope, props.image, MULTISITE_IMAGE),
    args: [
      `--namespace=${namespace ?? '$(POD_NAMESPACE)'}`,
      `--location=${literal(entry.location)}`,
      `--user=${literal(entry.user)}`,
      `${object.flag}=${object.resource.name}`,
      `--key=${entry.key}`,
      ...credentialArgs(entry.credential),
    ],
    asksForNamespace: namespace === undefined,
    resources: props.resources,
    mounts: credentialMounts(entry.credential),
    token: tokenVolume(scope, 'Token', `${props.containerName}-token`),
  };
}

/** The containers of ours, by name. */
function containerNamesOf({ containerName, refreshPort }: InitProgramProps): string[] {
  return refreshPort === undefined ? [containerName] : [containerName, refresherName(containerName)];
}

function namesOf(pod: kplus.AbstractPod): string[] {
  return [...pod.containers, ...pod.initContainers].map((container) => container.name);
}
