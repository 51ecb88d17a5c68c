import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../runtime/async/clock.ts';
import { apiServerAt } from '../../../../runtime/kube/api-server.ts';
import type { DataObject } from '../../../../runtime/kube/data-objects.ts';
import { checkSize, checkWritable } from '../../../../runtime/programs/multisite-init/check-writable.ts';
import { CredentialChooser } from '../../../../runtime/programs/multisite-init/credential/choose-credential.ts';
import { credentialOf } from '../../../../runtime/programs/multisite-init/credential/credential.ts';
import { run } from '../../../../runtime/programs/multisite-init/run.ts';
import { unaborted } from '../../../support/unaborted.ts';

const LIMIT = 1_048_576;

function object(more: Partial<DataObject> = {}): DataObject {
  return { resourceVersion: '1', immutable: false, text: {}, binary: {}, ...more };
}

const refusal = (message: RegExp, hint: RegExp) =>
  expect.objectContaining({
    name: 'RefusedError',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });

describe('the size', () => {
  test('may be all that the API server takes, and no byte more', () => {
    checkSize('ConfigMap', object(), 'k', 'x'.repeat(LIMIT));
    expect(() => checkSize('ConfigMap', object(), 'k', 'x'.repeat(LIMIT + 1))).toThrow(
      refusal(
        /would have 1048577 bytes, and all keys together 1048577; a ConfigMap holds at most 1048576 bytes/,
        /--configmap/,
      ),
    );
  });

  test('counts bytes, of all keys, of binary ones as they are decoded', () => {
    const full = object({
      text: { a: 'é', k: 'what goes' },
      binary: { b: Buffer.alloc(100).toString('base64') },
    });
    checkSize('Secret', full, 'k', 'x'.repeat(LIMIT - 102));
    expect(() => checkSize('Secret', full, 'k', 'x'.repeat(LIMIT - 101))).toThrow(
      refusal(
        /would have 1048475 bytes, and all keys together 1048577; a Secret holds at most 1048576 bytes/,
        /--secret/,
      ),
    );
  });
});

test('what can be changed is not refused', () => {
  checkWritable('ConfigMap', object({ text: { k: 'a' }, binary: { other: 'AA==' } }), 'k');
});

test.each<[string, Partial<DataObject>, RegExp, RegExp]>([
  ['ConfigMap', { immutable: true }, /the ConfigMap is immutable/, /immutable: true/],
  ['ConfigMap', { binary: { k: 'AA==' } }, /the key is in binaryData, where no text can be written/, /--key/],
  ['Secret', { binary: { k: 'AA==' } }, /holds bytes that are not text/, /--key/],
])('a %s with %j is refused', (kind, more, message, hint) => {
  expect(() => checkWritable(kind, object(more), 'k')).toThrow(refusal(message, hint));
});

describe.each(['constructor', 'toString', '__proto__'])(
  'a key named %s, as what every object has,',
  (key) => {
    test('is not among the others', () => {
      checkWritable('ConfigMap', object({ binary: { other: 'AA==' } }), key);
    });

    test('is empty until it is written', async () => {
      const outcome = await runDry(key, {});
      expect(outcome.planned).toMatchObject({ before: '', after: expect.stringContaining('name: central') });
    });

    test('is read when it is written', async () => {
      const before = '# ours\n';
      expect((await runDry(key, { [key]: before })).planned).toMatchObject({ before });
    });
  },
);

/** What would become of a ConfigMap with these values. */
function runDry(key: string, data: Record<string, string>) {
  const target = { kind: 'ConfigMap', namespace: 'a', name: 'b' } as const;
  const authenticate = async () => 'nobody';
  const server = {
    send: async () => ({ kind: 'ConfigMap', metadata: { resourceVersion: '1' }, data }),
    readLines: async () => {},
    close: () => {},
  };
  return run(
    {
      target,
      key,
      location: 'central',
      user: 'user00',
      credential: { source: 'mounted' },
      server: undefined,
      verifyServer: false,
      verify: false,
      targetCluster: undefined,
      watch: undefined,
      dryRun: true,
      timeoutMs: 1000,
      waitMs: 0,
      logFormat: 'text',
    },
    {
      target: server,
      local: server,
      server: () => apiServerAt('10.0.0.1', 443, 'CA'),
      chooser: new CredentialChooser({
        source: { requestsTokens: false, obtain: async () => credentialOf('token') },
        authenticate,
        subject: () => undefined,
        clock: systemClock,
      }),
      keepsOthers: false,
      authenticate,
      authenticateEntry: undefined,
      verifyServer: undefined,
      log: { info: () => {}, error: () => {} },
      clock: systemClock,
    },
    unaborted,
  );
}
