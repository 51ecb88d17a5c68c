import { expect, test } from 'vitest';
import { ApiError } from '../../../../runtime/kube/api-error.ts';
import { apiServerAt } from '../../../../runtime/kube/api-server.ts';
import { verifying } from '../../../../runtime/programs/multisite-init/verify-server.ts';

const SERVER = apiServerAt('10.0.0.1', 6443, '');

test.each([
  [429, 'transient'],
  [403, 'never'],
])(
  'an address that answers %i is tried again: %s, and not sooner than it asks for',
  async (status, retryWhen) => {
    const verify = verifying(async () => {
      throw new ApiError('POST', status, 'busy', 5000);
    });
    await expect(verify(SERVER, 'token', 1000)).rejects.toMatchObject({
      name: 'UnverifiedServerError',
      retryWhen,
      retryAfterMs: 5000,
    });
  },
);
