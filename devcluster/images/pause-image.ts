import { ensureScratchImage } from './scratch-image.ts';

/** Creates the image of the process that holds a pod's namespaces, from Debian's catatonit. Returns its name. */
export function ensurePauseImage(): Promise<string> {
  return ensureScratchImage('registry.k8s.io/pause:3.10.2', {
    debianPackage: 'catatonit',
    file: 'usr/bin/catatonit',
    dockerfile: ['COPY catatonit /pause', 'ENTRYPOINT ["/pause", "-P"]'],
  });
}
