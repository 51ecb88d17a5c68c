import type * as kplus from 'cdk8s-plus-27';

/**
 * The reference of a container image. Give `tag` or `digest`, not both.
 */
export interface ContainerImage {
  /**
   * Registry and path of the image, without a tag.
   *
   * @default - See the prop that takes this image: its documentation names the default repository.
   */
  readonly repository?: string;

  /**
   * Tag of the image.
   *
   * @default - See the prop that takes this image: its documentation names the default tag.
   */
  readonly tag?: string;

  /**
   * Digest of the image (`sha256:…`), which pins the content of the image even if a tag moves.
   *
   * @default - None: the image is chosen by its tag.
   */
  readonly digest?: string;

  /**
   * When the node pulls the image.
   *
   * @default - `IF_NOT_PRESENT`. The node pulls the image once, because a version tag or a digest always means the same
   *   image.
   */
  readonly pullPolicy?: kplus.ImagePullPolicy;
}
