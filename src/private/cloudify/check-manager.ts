import type { IConstruct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { plainPath } from '../mounts';
import { reportMetadata } from '../validation/metadata';
import { report } from '../validation/report';
import { checkAbsolutePath, checkObjectName, checkServiceName } from '../validation/values';

/** Reports what is wrong with the props, but for what each part of the manager reports of its own. */
export function reportManager(manager: IConstruct, name: string, props: CloudifyManagerProps): void {
  const { metadata, kubeconfigDirectory, dockerRegistryAuth } = props;
  report(manager, checkServiceName('name', name));
  if (metadata?.name !== undefined) {
    report(manager, [
      'metadata.name is not taken, as it cannot be the name of every object: give `name` instead.',
    ]);
  }
  reportMetadata(manager, metadata);
  report(manager, [
    ...(kubeconfigDirectory === undefined ? [] : checkKubeconfigDirectory(kubeconfigDirectory)),
    ...(dockerRegistryAuth === undefined
      ? []
      : checkObjectName('dockerRegistryAuth.name', dockerRegistryAuth.name)),
    ...checkRefresh(props),
    ...checkGrants(props),
  ]);
}

function checkKubeconfigDirectory(directory: string): string[] {
  return [
    ...checkAbsolutePath('kubeconfigDirectory', directory),
    ...(directory !== '' && plainPath(directory) === '/'
      ? ['kubeconfigDirectory "/" would hide all of the image: give another directory.']
      : []),
  ];
}

function checkRefresh({ refresh, init }: CloudifyManagerProps): string[] {
  return refresh === false && init?.credential === undefined
    ? [
        'refresh is off, and the token in the kubeconfig would end after an hour: leave refresh on, or give an init.credential ' +
          'that lasts.',
      ]
    : [];
}

/** Rights are given to a ServiceAccount, which a token from elsewhere does not name. */
function checkGrants({ components, clusterRole, apiToken, init }: CloudifyManagerProps): string[] {
  const grants = components !== undefined || clusterRole !== undefined || apiToken?.kind === 'longLived';
  return grants && (init?.credential?.tokenSecret ?? init?.credential?.tokenFile) !== undefined
    ? [
        'components, clusterRole and a long-lived apiToken are for a ServiceAccount, and nothing tells whose token ' +
          'init.credential is: give SiteCredential.requested, or leave them out.',
      ]
    : [];
}
