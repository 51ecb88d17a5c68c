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
   * Labels, annotations and name of the ConfigMap or Secret. Do not change the name after deployment: the sites stay in
   * the object with the old name, and are lost if that object is pruned.
   *
   * @default - The name is `MultisiteKubeconfig.DEFAULT_NAME`; for a Secret, `DEFAULT_SECRET_NAME`.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * The ConfigMap that holds the kubeconfig with one context per site.
 *
 * The ConfigMap is rendered empty and filled in the cluster. The manifest does not have the kubeconfig's key, so the
 * sites stay when you apply the manifest again. `kubectl replace` and similar commands (Helm's `--force`, Argo CD's
 * `Replace=true`) delete the sites.
 *
 * Mount the ConfigMap as a directory, in pods of the same namespace. A `subPath` is an error, because a `subPath` mount
 * never gets updates. A mount in a pod of another namespace is an error too.
 *
 * Kubernetes' built-in role `view` can read every ConfigMap of its namespace, also the tokens in this ConfigMap. If
 * people have `view` in the namespace, use a Secret (`MultisiteKubeconfig.secret`).
 */
export class MultisiteKubeconfig extends Construct {
  /**
   * Default name of the ConfigMap.
   */
  public static readonly DEFAULT_NAME = 'multisite-kubeconfig-configmap';

  /**
   * Default name of the Secret.
   */
  public static readonly DEFAULT_SECRET_NAME = 'multisite-kubeconfig-secret';

  /**
   * Default key of the kubeconfig in the ConfigMap or Secret. It is also the file's name in a mount.
   */
  public static readonly DEFAULT_KEY = 'kubeconfig';

  /**
   * A Secret for the kubeconfig, in place of the ConfigMap. It has the type Opaque. Like the ConfigMap, it is rendered
   * empty and filled in the cluster. Kubernetes' built-in role `view` can read ConfigMaps but not Secrets. So use a
   * Secret if people have `view` in the namespace.
   *
   * @param scope The parent of the Secret in the construct tree.
   * @param id The id of the Secret in its parent.
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
   * The ConfigMap. Pass it to other constructs, or mount it as a directory (a `subPath` mount never gets updates).
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

/** @param prop The name of the prop that gets the object in other constructs. */
function shareHint(prop: string): string {
  return `pass the same object to both constructs (prop \`${prop}\`), or give one of the two objects another \`metadata.name\`.`;
}
