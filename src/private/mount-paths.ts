import type * as kplus from 'cdk8s-plus-27';

/** Two volumes at one path of a container, which the API server refuses, or would where it is written the same. */
export function mountPathErrors(pod: kplus.AbstractPod): string[] {
  return [...pod.initContainers, ...pod.containers].flatMap((container) => {
    const paths = container.mounts.map(({ path }) => plainPath(path));
    const twice = new Set(paths.filter((path, at) => paths.indexOf(path) < at));
    return [...twice].map(
      (path) => `container ${container.name} has several volumes mounted at ${path}: leave it one.`,
    );
  });
}

/** An absolute path without what does not count, as in `/run/` and `//run/.`. */
export function plainPath(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return `/${names.join('/')}`;
}
