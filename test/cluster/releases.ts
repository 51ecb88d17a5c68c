import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Kubernetes release that can be had here. */
export interface Release {
  /** Without the `v`, as its go.mod (its one place) names it. */
  readonly version: string;
  /** Where that go.mod is. */
  readonly moduleFolder: string;
}

/** The release that the tests run against, and the ends of what is supported. */
export const RELEASES = {
  main: pinnedIn('.'),
  oldest: pinnedIn('releases/oldest'),
  newest: pinnedIn('releases/newest'),
} as const;

export type ReleaseName = keyof typeof RELEASES;

export const RELEASE_NAMES = Object.keys(RELEASES) as ReleaseName[];

function pinnedIn(folder: string): Release {
  const moduleFolder = join(import.meta.dirname, folder);
  const goMod = join(moduleFolder, 'go.mod');
  const version = /^\s*k8s\.io\/kubernetes v(\S+)/m.exec(readFileSync(goMod, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${goMod} requires no k8s.io/kubernetes`);
  return { version, moduleFolder };
}
