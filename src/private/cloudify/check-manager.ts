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
      'metadata.name is not taken, as it cannot be the name of every object: give `name` instead.',
    ]);
  }
  reportMetadata(manager, metadata);
  // The kubeconfig and the init program get the manager's metadata. The init program also gets the props of `init`.
  const { judgedMetadata, propPrefixes } = AppRecord.of(manager);
  judgedMetadata.add(labelled);
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
 * Reports other objects that have the name of one of the manager's objects. The kubeconfig's construct reports its own.
 */
export function reportManagerNames(manager: CloudifyManager, name: string): void {
  const aliases = manager.aliases.filter((alias) => alias.name !== name);
  const calledAfterIt = () =>
    manager.node
      .findAll()
      .filter(isResource)
      .filter((resource) => resource !== manager.configMap && !aliases.some((alias) => alias === resource));
  reportNames(manager, calledAfterIt, 'give one of them another `name`.');
  reportNames(manager, () => aliases, 'give these `aliases` to one of them.');
}

function checkKubeconfigDirectory(directory: string): string[] {
  return [
    ...checkAbsolutePath('kubeconfigDirectory', directory),
    ...(directory !== '' && plainPath(directory) === '/'
      ? ['kubeconfigDirectory "/" would hide all of the image: give another directory.']
      : []),
  ];
}

/** In other languages a caller may give any value, which would look like an object without fields. */
function checkMadeBy(
  prop: string,
  given: unknown,
  type: { readonly name: string; readonly prototype: object },
  maker: string,
): string[] {
  return given === undefined || Object.getPrototypeOf(Object(given)) === type.prototype
    ? []
    : [`${prop} is no ${type.name}: give one of its makers, as ${type.name}.${maker}(…).`];
}

function checkRefresh({ refresh, init }: CloudifyManagerProps): string[] {
  return refresh === false && init?.credential === undefined
    ? [
        'refresh is off, and the token in the kubeconfig would end after an hour: leave refresh on, or give an init.credential ' +
          'that lasts.',
      ]
    : [];
}

/** Rights need a ServiceAccount, and a token from a Secret or file does not tell which one it belongs to. */
function checkGrants({ components, clusterRole, apiToken, init }: CloudifyManagerProps): string[] {
  const grants = components !== undefined || clusterRole !== undefined || apiToken?.kind === 'longLived';
  return grants && (init?.credential?.tokenSecret ?? init?.credential?.tokenFile) !== undefined
    ? [
        'components, clusterRole and a long-lived apiToken are for a ServiceAccount, and nothing tells whose token ' +
          'init.credential is: give SiteCredential.requested, or leave them out.',
      ]
    : [];
}
