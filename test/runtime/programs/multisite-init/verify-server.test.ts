import { expect, test } from 'vitest';
import { apiServerAt } from '../../../../runtime/kube/api-server.ts';
import { verifying } from '../../../../runtime/programs/multisite-init/verify-server.ts';
import { apiError } from '../../../support/api-error.ts';
import { unaborted } from '../../../support/unaborted.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const SERVER = apiServerAt('10.0.0.1', 6443, '');

test.each([
  [429, 'transient'],
  [403, 'never'],
])(
  'an address that answers %i is tried again: %s, and not sooner than it asks for',
  async (status, retryWhen) => {
    const verify = verifying(async () => {
      throw apiError(status, 'busy', 5000);
    }, virtualClock());
    await expect(verify(SERVER, 'token', unaborted)).rejects.toMatchObject({
      name: 'UnverifiedServerError',
      retryWhen,
      retryAfterMs: 5000,
    });
  },
);
