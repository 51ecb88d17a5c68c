import packageJson from '../../package.json' with { type: 'json' };
import type { Progress } from '../progress.ts';
import { ensureBusyboxImage } from './busybox-image.ts';
import { buildManagerImage } from './manager-image.ts';
import { buildImage } from './runtime-image.ts';

/** The default image of the constructs. */
export const MULTISITE_IMAGE = `ghcr.io/cdk8s-multisite/multisite:${packageJson.version}`;
/** The default image of `CloudifyManager`. */
export const MANAGER_IMAGE = `ghcr.io/cdk8s-multisite/cloudify-manager:${packageJson.version}`;

/** Builds the images of the scenarios' pods. Returns the names. */
export async function ensureImages(onProgress: Progress): Promise<string[]> {
  onProgress(`building ${MULTISITE_IMAGE}`);
  await buildImage(MULTISITE_IMAGE);
  onProgress(`building ${MANAGER_IMAGE}`);
  const base = 'docker.io/cloudifyplatform/community-cloudify-manager-aio:5.1.2';
  await buildManagerImage(MANAGER_IMAGE, { base });
  return [MULTISITE_IMAGE, MANAGER_IMAGE, await ensureBusyboxImage()];
}
