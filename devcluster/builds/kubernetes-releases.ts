import { join } from 'node:path';
import { type PinnedModule, pinnedModule } from './pinned-module.ts';

/** An available Kubernetes release. */
export type Release = PinnedModule;

/** The release for the tests, and the oldest and newest supported releases. */
export const RELEASES = {
  main: pinnedIn('kubernetes'),
  oldest: pinnedIn('kubernetes-oldest'),
  newest: pinnedIn('kubernetes-newest'),
} as const;

export type ReleaseName = keyof typeof RELEASES;

export const RELEASE_NAMES = Object.keys(RELEASES) as ReleaseName[];

function pinnedIn(folder: string): Release {
  return pinnedModule('k8s.io/kubernetes', join(import.meta.dirname, 'modules', folder));
}
