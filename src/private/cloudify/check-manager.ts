import { CloudifyApiToken } from '../../cloudify-api-token';
import type { CloudifyManager } from '../../cloudify-manager';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { CloudifyPersistence } from '../../cloudify-persistence';
import { CloudifySize } from '../../cloudify-size';
import { isResource } from '../api-objects';
import { AppRecord } from '../app-record';
import { plainPath } from '../mounts';
import { reportNames } from '../validation/duplicate-names';
import { reportMetadata } from '../validation/metadata';
import { report } from '../validation/report';
import { checkAbsolutePath, checkObjectName, checkServiceName } from '../validation/values';
import type { ManagerMetadata } from './manager-metadata';

/** Reports mistakes in the props, except those that a part of the manager reports itself. */
export function reportManager(
  manager: CloudifyManager,
  name: string,
  { labelled }: ManagerMetadata,
  props: CloudifyManagerProps,
): void {
  const { metadata, kubeconfigDirectory, dockerRegistryAuth } = props;
  report(manager, checkServiceName('name', name));
  if (metadata?.name !== undefined) {
    report(manager, [
      'metadata.name is not allowed here, because the objects cannot all have one name: give `name` instead.',
    ]);
  }
  reportMetadata(manager, metadata);
  // The kubeconfig and the init program get the manager's metadata. The init program also gets the props of `init`.
  const { checkedMetadata, propPrefixes } = AppRecord.of(manager);
  checkedMetadata.add(labelled);
  propPrefixes.set(`${manager.node.path}/Init`, 'init.');
  report(manager, [
    ...(kubeconfigDirectory === undefined ? [] : checkKubeconfigDirectory(kubeconfigDirectory)),
    ...(dockerRegistryAuth === undefined
      ? []
      : checkObjectName('dockerRegistryAuth.name', dockerRegistryAuth.name)),
    ...checkMadeBy('size', props.size, CloudifySize, 'small'),
    ...checkMadeBy('persistence', props.persistence, CloudifyPersistence, 'storageClass'),
    ...checkMadeBy('apiToken', props.apiToken, CloudifyApiToken, 'projected'),
    ...checkRefresh(props),
    ...checkGrants(props),
  ]);
}

/**
 * Reports other objects that have the name of one of the manager's objects. The construct of the kubeconfig does this
 * for its own object.
 */
export function reportManagerNames(manager: CloudifyManager, name: string): void {
  const aliases = manager.aliases.filter((alias) => alias.name !== name);
  const namedAfterIt = () =>
    manager.node
      .findAll()
      .filter(isResource)
      .filter((resource) => resource !== manager.configMap && !aliases.some((alias) => alias === resource));
  reportNames(manager, namedAfterIt, 'give one of them another `name`.');
  reportNames(manager, () => aliases, 'give these `aliases` to only one of the two constructs.');
}

function checkKubeconfigDirectory(directory: string): string[] {
  return [
    ...checkAbsolutePath('kubeconfigDirectory', directory),
    ...(directory !== '' && plainPath(directory) === '/'
      ? ['kubeconfigDirectory "/" would hide all files of the image: give another directory.']
      : []),
  ];
}

/**
 * In other languages a caller may give any value. Without this check, the value would look like an object without
 * fields.
 */
function checkMadeBy(
  prop: string,
  given: unknown,
  type: { readonly name: string; readonly prototype: object },
  maker: string,
): string[] {
  return given === undefined || Object.getPrototypeOf(Object(given)) === type.prototype
    ? []
    : [`${prop} is not a ${type.name}: create one, for example with ${type.name}.${maker}(…).`];
}

function checkRefresh({ refresh, init }: CloudifyManagerProps): string[] {
  return refresh === false && init?.credential === undefined
    ? [
        'refresh is off, so the token in the kubeconfig would expire after an hour: leave refresh on, or give an init.credential ' +
          'that stays valid.',
      ]
    : [];
}

/** Rights need a ServiceAccount, and a token from a Secret or file does not show its ServiceAccount. */
function checkGrants({ components, clusterRole, apiToken, init }: CloudifyManagerProps): string[] {
  const grants = components !== undefined || clusterRole !== undefined || apiToken?.kind === 'longLived';
  return grants && (init?.credential?.tokenSecret ?? init?.credential?.tokenFile) !== undefined
    ? [
        'components, clusterRole and a long-lived apiToken need a ServiceAccount, and init.credential does not name one: ' +
          'give SiteCredential.requested, or leave out components, clusterRole and apiToken.',
      ]
    : [];
}
