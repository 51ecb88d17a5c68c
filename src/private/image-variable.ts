import type { ContainerImage } from '../container-image';

// The variables of `npm run synth` that name an image.

/** Parses an image reference as `docker pull` takes it. If there is a digest, the tag is ignored. */
export function imageFrom(variable: string): ContainerImage | undefined {
  const reference = process.env[variable];
  if (!reference) {
    return undefined;
  }
  // The groups have no names, because a project made by `cdk8s init` compiles for an older JavaScript.
  const form =
    /^([^\s@/:]+(?::\d+(?=\/))?(?:\/[^\s@/:]+)*)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;
  const parts = form.exec(reference);
  if (parts === null) {
    console.error(
      `${variable} ${JSON.stringify(reference)} is not valid: give registry and path, then a tag or a digest, like ` +
        '"registry.example/multisite:0.1.0". The default tag is the version of this project.',
    );
    process.exit(1);
  }
  const [, repository, tag, digest] = parts;
  return digest === undefined ? { repository, tag } : { repository, digest };
}

/** Remove this once the default images are published. */
export function warnOfUnpublished(variable: string, image: string): void {
  console.error(
    `Warning: ${image} is not published yet, so no pod can pull it. Build and push it (docs/install.md), and name ` +
      `your image: ${variable}=registry.example/NAME:TAG npm run synth`,
  );
}
