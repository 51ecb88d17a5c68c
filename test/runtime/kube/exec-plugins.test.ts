import { KubeConfig } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { endExecPlugins } from '../../../runtime/kube/exec-plugins.ts';
import { createExecPlugin } from '../../support/exec-plugin.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// A shell that waits leaves its child behind, which keeps what it prints to open.
test.each(['exec sleep 5', 'sleep 5; exit 0'])('a plug-in that hangs is ended: %s', async (hang) => {
  const { exec, lives } = await createExecPlugin(await temporaryFolder(), '', hang);
  const content = new KubeConfig();
  content.loadFromClusterAndUser(
    { name: 'c', server: 'https://a', skipTLSVerify: false },
    { name: 'u', exec },
  );
  endExecPlugins(content, 500);
  const started = performance.now();
  await expect(content.applyToHTTPSOptions({})).rejects.toThrow('did not end within 0.5 s');
  expect(performance.now() - started).toBeLessThan(4000);
  expect(await lives()).toBe(false);
});
