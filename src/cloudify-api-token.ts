/**
 * What is mounted at `/secret`: an API token, the CA and the namespace. The image links the place where Kubernetes
 * clients look for those to it, so that this is as whom such a client in the manager acts unless it reads the kubeconfig.
 */
export class CloudifyApiToken {
  /**
   * A token of the pod's ServiceAccount, short-lived, and renewed by the kubelet. It may keep the kubeconfig and request
   * the site's token, as the pod does beside it, and do nothing else.
   */
  public static projected(): CloudifyApiToken {
    return new CloudifyApiToken('projected');
  }

  /**
   * A token of the site's ServiceAccount, which may do what that may, and lasts until its Secret is deleted: of type
   * `kubernetes.io/service-account-token`, named like the manager with `-token` after it.
   */
  public static longLived(): CloudifyApiToken {
    return new CloudifyApiToken('longLived');
  }

  /**
   * Nothing: a Kubernetes client in the manager has the kubeconfig alone.
   */
  public static none(): CloudifyApiToken {
    return new CloudifyApiToken('none');
  }

  /**
   * Which of the three it is: "projected", "longLived" or "none".
   */
  public readonly kind: string;

  private constructor(kind: string) {
    this.kind = kind;
  }
}
