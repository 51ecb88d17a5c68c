import type { IConstruct } from 'constructs';
import type { ContainerImage } from '../container-image';
import { VERSION } from '../version';
import { checkImage, mistake } from './validation/values';

// Released together with these constructs: the programs of `runtime/`, and what `cloudify-manager/` makes of Cloudify's image.
export const MULTISITE_IMAGE = { repository: 'ghcr.io/cdk8s-multisite/multisite', tag: VERSION };
export const MANAGER_IMAGE = { repository: 'ghcr.io/cdk8s-multisite/cloudify-manager', tag: VERSION };

/** The text that Kubernetes wants for an image, completed from what stands for it by default. */
export function imageReference(
  construct: IConstruct,
  image: ContainerImage | undefined,
  otherwise: { readonly repository: string; readonly tag: string },
): string {
  if (typeof image === 'string') {
    mistake(
      construct,
      `image ${JSON.stringify(image)} is a text: give { repository, tag } or { repository, digest }.`,
    );
  }
  const repository = image?.repository ?? otherwise.repository;
  checkImage(construct, repository, image?.tag, image?.digest);
  return image?.digest !== undefined
    ? `${repository}@${image.digest}`
    : `${repository}:${image?.tag ?? otherwise.tag}`;
}
