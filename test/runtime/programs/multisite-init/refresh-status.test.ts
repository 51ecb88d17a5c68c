import { expect, test } from 'vitest';
import { apiServerAt } from '../../../../runtime/kube/api-server.ts';
import type { Life } from '../../../../runtime/programs/multisite-init/credential/credential.ts';
import { RefreshStatus } from '../../../../runtime/programs/multisite-init/refresh-status.ts';
import type { Outcome } from '../../../../runtime/programs/multisite-init/run.ts';

const NOW = new Date('2030-01-01T00:00:00Z');
const LIFE: Life = { issued: NOW, expires: new Date('2030-01-01T01:00:00Z') };

function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    written: true,
    resourceVersion: '7',
    server: apiServerAt('10.0.0.1', 443, 'CA'),
    credential: { token: 'a', life: LIFE, certificateAuthorityData: 'Q0E=', renewal: 0, isTried: true },
    conflicts: 0,
    verifiedAs: undefined,
    planned: undefined,
    ...more,
  };
}

/** Each sample, without the prefix of its name. */
async function samples(status: RefreshStatus): Promise<Record<string, number>> {
  const lines = (await status.metrics()).matchAll(/^multisite_init_(\w+) (\S+)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
}

/** A run that came to its end, with an entry that works. */
function settle(status: RefreshStatus, ran: Outcome): void {
  status.ran(ran);
  status.succeeded(NOW);
}

test('is not ready, and says nothing of times, before the first success', async () => {
  const status = new RefreshStatus();
  expect(status.whyNotReady()).toBe('the entry is not checked yet');
  status.failed('no answer');
  expect(await samples(status)).toEqual({ writes_total: 0, conflicts_total: 0, failures_total: 1 });
});

test('has started once a run came to its end, whether or not the entry works', () => {
  const status = new RefreshStatus();
  status.failed('no answer');
  expect(status.whyNotStarted()).toBe('the entry is not written yet');
  status.ran(outcome());
  status.failed('refused');
  expect(status.whyNotStarted()).toBeUndefined();
});

test('counts writes and conflicts, not looks', async () => {
  const status = new RefreshStatus();
  settle(status, outcome({ conflicts: 2 }));
  settle(status, outcome({ written: false }));
  settle(status, outcome({ conflicts: 1 }));
  expect(await samples(status)).toEqual({
    writes_total: 2,
    conflicts_total: 3,
    failures_total: 0,
    last_success_timestamp_seconds: NOW.getTime() / 1000,
    credential_expiry_timestamp_seconds: NOW.getTime() / 1000 + 3600,
  });
});

test('is not ready while an attempt fails, and knows the last success all the same', async () => {
  const status = new RefreshStatus();
  settle(status, outcome());
  expect(status.whyNotReady()).toBeUndefined();
  status.failed('no answer');
  status.failed('forbidden');
  expect(status.whyNotReady()).toBe('forbidden');
  expect(await samples(status)).toMatchObject({
    failures_total: 2,
    last_success_timestamp_seconds: NOW.getTime() / 1000,
  });
  settle(status, outcome());
  expect(status.whyNotReady()).toBeUndefined();
});

test('tells no end of a credential that has none', async () => {
  const status = new RefreshStatus();
  settle(status, outcome());
  const { credential } = outcome();
  settle(status, outcome({ credential: { ...credential, life: undefined } }));
  expect(await samples(status)).not.toHaveProperty('credential_expiry_timestamp_seconds');
});
