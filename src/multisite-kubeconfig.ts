import type { ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { reportNames } from './private/validation/duplicate-names';
import { reportKubeconfig } from './private/validation/kubeconfig';
import { reportMetadata } from './private/validation/metadata';

/**
 * Properties for `MultisiteKubeconfig`.
 */
export interface MultisiteKubeconfigProps {
  /**
   * Labels, annotations and name of the ConfigMap or Secret. Once it is deployed do not change its name: the
   * sites stay behind under the old one, and are lost if that is pruned.
   *
   * @default - The name `MultisiteKubeconfig.DEFAULT_NAME`, that of a Secret `DEFAULT_SECRET_NAME`.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * The ConfigMap that holds the kubeconfig with one context per site.
 *
 * It is rendered empty and filled in the cluster: as the manifest does not mention the kubeconfig's key,
 * applying it again leaves the sites in place. `kubectl replace` and the like (Helm's `--force`,
 * Argo CD's `Replace=true`) do erase them.
 *
 * Pods mount it as a directory, in its own namespace: a `subPath`, which would never see an update, and a pod of
 * another namespace are errors.
 *
 * Kubernetes' built-in role `view` reads every ConfigMap of its namespace, and so the tokens in this one: where
 * people have `view`, keep the kubeconfig in a Secret (`MultisiteKubeconfig.secret`).
 */
export class MultisiteKubeconfig extends Construct {
  /**
   * Name of the ConfigMap where no other is given.
   */
  public static readonly DEFAULT_NAME = 'multisite-kubeconfig-configmap';

  /**
   * Name of the Secret where no other is given.
   */
  public static readonly DEFAULT_SECRET_NAME = 'multisite-kubeconfig-secret';

  /**
   * Key of the kubeconfig in the ConfigMap or Secret, where no other is given: the file that a reader sees.
   */
  public static readonly DEFAULT_KEY = 'kubeconfig';

  /**
   * A Secret for the kubeconfig, in place of the ConfigMap: type Opaque, rendered empty and filled in the cluster
   * just as that is. Kubernetes' built-in role `view` reads every ConfigMap but no Secret, so that this is the
   * place for a kubeconfig with tokens where people have `view` in the namespace.
   *
   * @param scope Where the Secret goes in the tree.
   * @param id Its id there.
   * @param props Its labels, annotations and name.
   */
  public static secret(scope: Construct, id: string, props: MultisiteKubeconfigProps = {}): kplus.Secret {
    const name = props.metadata?.name ?? MultisiteKubeconfig.DEFAULT_SECRET_NAME;
    const secret = new kplus.Secret(scope, id, { metadata: { ...props.metadata, name }, type: 'Opaque' });
    reportMetadata(secret, props.metadata);
    reportNames(secret, () => [secret], shareHint('secret'));
    const key = MultisiteKubeconfig.DEFAULT_KEY;
    reportKubeconfig({ construct: secret, kind: 'Secret', object: secret, key });
    return secret;
  }

  /**
   * The ConfigMap, to hand on and to mount as a directory (a `subPath` would never see an update).
   */
  public readonly configMap: kplus.ConfigMap;

  constructor(scope: Construct, id: string, props: MultisiteKubeconfigProps = {}) {
    super(scope, id);
    reportMetadata(this, props.metadata);
    this.configMap = new kplus.ConfigMap(this, 'ConfigMap', {
      metadata: { ...props.metadata, name: props.metadata?.name ?? MultisiteKubeconfig.DEFAULT_NAME },
    });
    this.node.defaultChild = this.configMap;
    reportNames(this, () => [this.configMap], shareHint('configMap'));
    const key = MultisiteKubeconfig.DEFAULT_KEY;
    reportKubeconfig({ construct: this, kind: 'ConfigMap', object: this.configMap, key });
  }
}

/** @param prop by which other constructs take the object */
function shareHint(prop: string): string {
  return `give both writers the same one by the prop \`${prop}\`, or one of them another \`metadata.name\`.`;
}
