import type { ApiObjectMetadata } from 'cdk8s';

export class ManagerMetadata {
  public readonly name: string;

  /** Labels and annotations, without a name. */
  public readonly labelled: ApiObjectMetadata;

  /** @param given its `name` is ignored, because the objects cannot all have one name */
  constructor(name: string, given: ApiObjectMetadata = {}) {
    this.name = name;
    const { name: _ignored, ...common } = given;
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

  /**
   * The labels and annotations with the manager's name and a suffix. The suffix distinguishes objects of the same kind.
   */
  public named(suffix = ''): ApiObjectMetadata {
    return { ...this.labelled, name: `${this.name}${suffix}` };
  }
}
