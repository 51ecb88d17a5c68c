import type { ApiObjectMetadata } from 'cdk8s';

/** The metadata of the manager's objects. */
export class ManagerMetadata {
  /** The manager's name. */
  public readonly name: string;

  /** Labels and annotations, without a name. */
  public readonly labelled: ApiObjectMetadata;

  /** @param given of which a name does not count, as it cannot be that of every object */
  constructor(name: string, given: ApiObjectMetadata = {}) {
    this.name = name;
    const { name: _notTaken, ...common } = given;
    // The labels that Kubernetes recommends: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    this.labelled = {
      ...common,
      labels: {
        'app.kubernetes.io/name': 'cloudify-manager',
        'app.kubernetes.io/instance': name,
        'app.kubernetes.io/part-of': 'cdk8s-multisite',
        ...given.labels,
      },
    };
  }

  /** The same with the manager's name, and with a suffix where an object is not the only one of its kind. */
  public named(suffix = ''): ApiObjectMetadata {
    return { ...this.labelled, name: `${this.name}${suffix}` };
  }
}
