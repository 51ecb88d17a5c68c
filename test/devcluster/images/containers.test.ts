import { expect, test } from 'vitest';
import { run } from '../../../devcluster/images/containers.ts';

test.each([
  ['buildah', 'buildah'],
  ['podman', 'podman runc'],
])('where %s is missing, it says how to get that', async (command, packages) => {
  await expect(run(command, [], { env: { PATH: '/nowhere' } })).rejects.toThrow(
    `${command} is not installed, and the tests need it: apt-get install ${packages}`,
  );
});
