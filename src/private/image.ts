import * as kplus from 'cdk8s-plus-27';
import type { ContainerImage } from '../container-image';
import { VERSION } from '../version';
import { checkForm } from './validation/values';

interface DefaultImage {
  readonly repository: string;
  readonly tag: string;
}

// These images are released together with the constructs. Their sources are `runtime/` and `cloudify-manager/`.
export const MULTISITE_IMAGE = { repository: 'ghcr.io/cdk8s-multisite/multisite', tag: VERSION };
export const MANAGER_IMAGE = { repository: 'ghcr.io/cdk8s-multisite/cloudify-manager', tag: VERSION };

/** The image reference for the field `image` of a container. */
export function imageReference(image: ContainerImage | undefined, otherwise: DefaultImage): string {
  const { repository = otherwise.repository, tag = otherwise.tag, digest } = image ?? {};
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}

export function pullPolicy(image: ContainerImage | undefined): kplus.ImagePullPolicy {
  return image?.pullPolicy ?? kplus.ImagePullPolicy.IF_NOT_PRESENT;
}

/** Checks an image that a prop gives. */
export function checkImage(prop: string, image: ContainerImage | undefined): string[] {
  const { repository, tag, digest } = image ?? {};
  return [
    ...(typeof image === 'string'
      ? [`${prop} ${JSON.stringify(image)} is a string: give { repository, tag } or { repository, digest }.`]
      : []),
    ...(repository === undefined ? [] : checkRepository(`${prop}.repository`, repository)),
    ...(tag === undefined || digest === undefined
      ? []
      : [`${prop}.tag and ${prop}.digest exclude each other: a digest is exact, leave out the tag.`]),
    ...(tag === undefined ? [] : checkTag(`${prop}.tag`, tag)),
    ...(digest === undefined ? [] : checkDigest(`${prop}.digest`, digest)),
    ...checkPullPolicy(`${prop}.pullPolicy`, pullPolicy(image)),
  ];
}

function checkPullPolicy(prop: string, policy: string): string[] {
  const policies: string[] = Object.values(kplus.ImagePullPolicy);
  const form = { test: (text: string) => policies.includes(text) };
  return checkForm(prop, policy, form, `give ${policies.join(', ')}.`);
}

function checkRepository(prop: string, repository: string): string[] {
  const hint =
    'give only registry and path, like "registry.example.com/multisite". Give the tag or the digest in its own prop.';
  return checkForm(prop, repository, /^[^\s@/:]+(:\d+(?=\/))?(\/[^\s@/:]+)*$/, hint);
}

function checkTag(prop: string, tag: string): string[] {
  const hint = 'give up to 128 letters, digits, "_", "-" or ".", like "1.2.3".';
  return checkForm(prop, tag, /^\w[\w.-]{0,127}$/, hint);
}

function checkDigest(prop: string, digest: string): string[] {
  return checkForm(prop, digest, /^sha256:[0-9a-f]{64}$/, 'give "sha256:" and 64 hexadecimal digits.');
}
