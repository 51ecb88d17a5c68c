import type * as kplus from 'cdk8s-plus-27';

/**
 * Where an image comes from and which one it is. Give `tag` or `digest`, not both.
 */
export interface ContainerImage {
  /**
   * Registry and path of the image, without a tag.
   *
   * @default - The repository that the prop taking this image documents.
   */
  readonly repository?: string;

  /**
   * Tag of the image.
   *
   * @default - The tag that the prop taking this image documents.
   */
  readonly tag?: string;

  /**
   * Digest of the image (`sha256:…`), which pins its content whatever happens to its tags.
   *
   * @default - None: the image is chosen by its tag.
   */
  readonly digest?: string;

  /**
   * When the node pulls the image.
   *
   * @default - `IF_NOT_PRESENT`: once, as a tag of a version, or a digest, stays the same image.
   */
  readonly pullPolicy?: kplus.ImagePullPolicy;
}
