import { checkForm } from './values';

/** The oldest supported version of Kubernetes. */
export const OLDEST_VERSION = '1.28';

/** Checks the form of a version, for example "1.31". */
export function checkKubernetesVersion(version: string): string[] {
  return checkForm('kubernetesVersion', version, /^1\.\d+$/, 'give major and minor version, like "1.31".');
}

/** The minor version: 31 for "1.31". */
export function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}
