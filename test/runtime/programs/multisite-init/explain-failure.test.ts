import { expect, test } from 'vitest';
import { SharedUserError } from '../../../../runtime/kubeconfig/refused-error.ts';
import { failureOf } from '../../../../runtime/programs/multisite-init/explain-failure.ts';
import { optionsOf } from '../../../support/options-of.ts';

const options = optionsOf('--namespace=n');

test.each([
  ['central', '--user=central'],
  ["o'hare", "--user='o'\\''hare'"],
])('the hint for a shared user has the exact flag for the free name %s', (freeName, flag) => {
  const { hint } = failureOf(new SharedUserError('shared', freeName), options);
  expect(hint).toBe(`Give this site a user of its own: ${flag}`);
});
