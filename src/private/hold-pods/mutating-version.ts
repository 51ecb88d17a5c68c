import { checkKubernetesVersion, minorOf, OLDEST_VERSION } from '../validation/kubernetes-version';

/** The version of the API of MutatingAdmissionPolicy to render, if the oldest cluster has this version of Kubernetes. */
export function mutatingVersion(kubernetesVersion: string | undefined): string {
  return kubernetesVersion !== undefined && minorOf(kubernetesVersion) < 36 ? 'v1beta1' : 'v1';
}

/** Checks that the oldest cluster has an API of MutatingAdmissionPolicy that is no alpha version. */
export function checkMutatingVersion(version = OLDEST_VERSION): string[] {
  const mistakes = checkKubernetesVersion(version);
  return mistakes.length === 0 && minorOf(version) < 34
    ? [
        `HoldPods needs Kubernetes 1.36, or 1.34 with the beta API of MutatingAdmissionPolicy, and kubernetesVersion is ${version}: ` +
          'if your oldest cluster is newer, give its version, otherwise add the gate with a mutating webhook.',
      ]
    : mistakes;
}
