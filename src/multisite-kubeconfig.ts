import type { ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkMetadata } from './private/checks';

/**
 * Properties for `MultisiteKubeconfig`.
 */
export interface MultisiteKubeconfigProps {
  /**
   * Labels, annotations and name of the ConfigMap. Once it is deployed do not change its name: the sites
   * stay behind under the old one, and are lost if that is pruned.
   *
   * @default - The name `MultisiteKubeconfig.DEFAULT_NAME`.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * The ConfigMap that holds the kubeconfig with one context per site.
 *
 * It is rendered empty and filled in the cluster: as the manifest does not mention the kubeconfig's key,
 * applying it again leaves the sites in place. `kubectl replace` and the like (Helm's `--force`,
 * Argo CD's `Replace=true`) do erase them.
 */
export class MultisiteKubeconfig extends Construct {
  /**
   * Name of the ConfigMap where no other is given.
   */
  public static readonly DEFAULT_NAME = 'multisite-kubeconfig-configmap';

  /**
   * Key of the kubeconfig in the ConfigMap, where no other is given: the file that a reader sees.
   */
  public static readonly DEFAULT_KEY = 'kubeconfig';

  /**
   * The ConfigMap, to hand on and to mount as a directory (a `subPath` would never see an update).
   */
  public readonly configMap: kplus.ConfigMap;

  constructor(scope: Construct, id: string, props: MultisiteKubeconfigProps = {}) {
    super(scope, id);
    checkMetadata(this, props.metadata);
    this.configMap = new kplus.ConfigMap(this, 'ConfigMap', {
      metadata: { ...props.metadata, name: props.metadata?.name ?? MultisiteKubeconfig.DEFAULT_NAME },
    });
    this.node.defaultChild = this.configMap;
  }
}
