import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { HELM_RELEASES, helmBinary } from '../../../devcluster/builds/helm.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(['v4', 'v3'] as const)('without Go it says where to put helm %s', async (helmVersion) => {
  const folder = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', folder);
  vi.stubEnv('PATH', join(folder, 'empty'));
  const { version } = HELM_RELEASES[helmVersion];

  const binary = helmBinary(helmVersion, () => undefined);

  await expect(binary).rejects.toThrow(
    `helm ${version} could not be built: there is no \`go\` on the PATH\n` +
      'To fix this: install Go 1.26 or newer, or put an executable helm of that release into ' +
      join(folder, 'cdk8s-multisite', `helm-${version}-`),
  );
});
