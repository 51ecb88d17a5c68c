import { ensureScratchImage } from './scratch-image.ts';

/** A small image for other pods, made of Debian's busybox. */
export const BUSYBOX_IMAGE = 'docker.io/library/busybox:1.35';

/** @returns the name of the image */
export function ensureBusyboxImage(): Promise<string> {
  return ensureScratchImage(BUSYBOX_IMAGE, {
    debianPackage: 'busybox-static',
    file: 'bin/busybox',
    dockerfile: [
      'COPY busybox /bin/busybox',
      'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
      'ENV PATH=/bin',
      'CMD ["sh"]',
    ],
  });
}
