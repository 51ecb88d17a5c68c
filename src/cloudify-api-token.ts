/**
 * The files in `/secret`: an API token, the CA and the namespace. In the image, the directory where Kubernetes clients
 * look for these files is a link to `/secret`. So a Kubernetes client in the manager uses this token, unless it reads
 * the kubeconfig.
 */
export class CloudifyApiToken {
  /**
   * A short-lived token of the pod's ServiceAccount, which the kubelet renews. This ServiceAccount may only read and
   * patch the kubeconfig, and request the site's token. With `refresh` it may also watch the kubeconfig.
   */
  public static projected(): CloudifyApiToken {
    return new CloudifyApiToken('projected');
  }

  /**
   * A token of the site's ServiceAccount, with that ServiceAccount's rights. It is valid until its Secret is deleted.
   * The Secret has the type `kubernetes.io/service-account-token`, and the manager's name with the suffix `-token`.
   */
  public static longLived(): CloudifyApiToken {
    return new CloudifyApiToken('longLived');
  }

  /**
   * No token: a Kubernetes client in the manager has only the kubeconfig.
   */
  public static none(): CloudifyApiToken {
    return new CloudifyApiToken('none');
  }

  /**
   * The kind of token: "projected", "longLived" or "none".
   */
  public readonly kind: string;

  private constructor(kind: string) {
    this.kind = kind;
  }
}
