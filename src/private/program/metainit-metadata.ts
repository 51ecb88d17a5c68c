import type { ApiObjectMetadata } from 'cdk8s';

/** The metadata of all objects, without the namespace. */
export function metainitMetadata({ name = 'metainit', ...given }: ApiObjectMetadata = {}): ApiObjectMetadata {
  const labels = {
    'app.kubernetes.io/name': 'metainit',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/part-of': 'cdk8s-multisite',
    ...given.labels,
  };
  return { ...given, name, namespace: undefined, labels };
}
