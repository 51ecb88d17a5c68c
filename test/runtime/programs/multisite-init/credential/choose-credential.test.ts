import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeCertificates } from '../../../../../devcluster/control-plane/certificates.ts';
import { systemClock } from '../../../../../runtime/async/clock.ts';
import { type ApiServer, apiServerAt } from '../../../../../runtime/kube/api-server.ts';
import { UnreachableError, UntrustedError } from '../../../../../runtime/kube/errors.ts';
import {
  type ChooserDeps,
  CredentialChooser,
} from '../../../../../runtime/programs/multisite-init/credential/choose-credential.ts';
import { credentialOf } from '../../../../../runtime/programs/multisite-init/credential/credential.ts';
import { UnverifiedServerError } from '../../../../../runtime/programs/multisite-init/verify-server.ts';
import { apiError } from '../../../../support/api-error.ts';
import { unaborted } from '../../../../support/unaborted.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const MINUTE = 60_000;
const SUBJECT = 'system:serviceaccount:a:b';

/** A token issued so many minutes ago, for an hour where nothing else is said. */
function token(minutesAgo: number, sub = SUBJECT, seconds = 3600): string {
  const iat = (NOW - minutesAgo * MINUTE) / 1000;
  const payload = JSON.stringify({ sub, iat, exp: iat + seconds });
  return `e30.${Buffer.from(payload).toString('base64url')}.sig`;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

let server: ApiServer;
/** Another CA. */
let theirs: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'choose-credential-'));
  const [ours, other] = [
    await writeCertificates(folder, [], ['a']),
    await writeCertificates(folder, [], ['a']),
  ];
  await rm(folder, { recursive: true });
  server = apiServerAt('10.0.0.1', 443, ours.ca.trim());
  theirs = base64(other.ca.trim());
});

interface Setup {
  readonly requestsTokens?: boolean;
  /** What the source hands out, one after the other; the last one again and again. */
  readonly tokens: readonly string[];
  /** What every draw comes to. */
  readonly random?: number;
  readonly deps?: Partial<ChooserDeps>;
}

/** A chooser, what it asked of its source, and its clock. */
function setUp({ requestsTokens = false, tokens, random = 0, deps = {} }: Setup) {
  const asked: (string | undefined)[] = [];
  const clock = { now: NOW };
  const chooser = new CredentialChooser({
    source: {
      requestsTokens,
      obtain: async (useless) => {
        asked.push(useless);
        return credentialOf(tokens[Math.min(asked.length, tokens.length) - 1] ?? '');
      },
    },
    authenticate: async () => SUBJECT,
    subject: () => (requestsTokens ? SUBJECT : undefined),
    clock: { ...systemClock, wallTime: () => clock.now, random: () => random },
    ...deps,
  });
  const choose = (existing: string | undefined, ca = base64(server.ca)) =>
    chooser.choose(
      existing === undefined
        ? undefined
        : {
            token: existing,
            certificateAuthorityData: ca,
            server: server.url,
            tlsServerName: undefined,
            proxyUrl: undefined,
          },
      server,
      unaborted,
    );
  return { chooser, choose, asked, clock };
}

describe('with a source that requests tokens', () => {
  const requesting = (deps: Partial<ChooserDeps> = {}, random = 0) =>
    setUp({ requestsTokens: true, tokens: [token(0)], random, deps });

  test('a good token of the entry stays, and none is asked for', async () => {
    const { choose, asked } = requesting();
    const chosen = await choose(token(30));
    expect(chosen.token).toBe(token(30));
    expect(chosen.renewal).toBe(NOW + 18 * MINUTE);
    expect(asked).toEqual([]);
  });

  test.each([
    ['of somebody else', token(0, 'system:serviceaccount:a:c')],
    ['near its end', token(48)],
    ['past its end', token(61)],
    ['that says nothing of whose it is', 'opaque'],
  ])('a token %s is replaced', async (_, existing) => {
    const { choose, asked } = requesting();
    expect((await choose(existing)).token).toBe(token(0));
    expect(asked).toEqual([existing]);
  });

  test('an entry without a token gets one', async () => {
    const { choose, asked } = requesting();
    expect((await choose(undefined)).token).toBe(token(0));
    expect(asked).toEqual([undefined]);
  });

  test('a token that the server does not take is replaced', async () => {
    const { choose } = requesting({
      authenticate: async () => {
        throw apiError(401);
      },
    });
    expect((await choose(token(30))).token).toBe(token(0));
  });

  test('replicas renew at moments of their own, up to a twentieth of the life earlier', async () => {
    const { choose } = requesting({}, 1);
    expect((await choose(token(30))).renewal).toBe(NOW + 15 * MINUTE);
  });

  test('a token of ours serves as long as it was granted for, whatever the clock of the server is', async () => {
    for (const minutes of [600, -600]) {
      const { choose, asked, clock } = setUp({
        requestsTokens: true,
        tokens: [token(minutes), token(minutes + 1)],
      });
      expect((await choose(undefined)).renewal).toBe(NOW + 48 * MINUTE);
      clock.now += 48 * MINUTE - 1;
      expect((await choose(token(minutes))).token).toBe(token(minutes));
      clock.now += 1;
      expect((await choose(token(minutes))).token).toBe(token(minutes + 1));
      expect(asked).toEqual([undefined, token(minutes)]);
    }
  });

  test('a token of ours serves for a moment, however short its life', async () => {
    const short = token(0, SUBJECT, 2);
    const { choose, clock } = setUp({ requestsTokens: true, tokens: [short, token(0)] });
    expect((await choose(undefined)).renewal).toBe(NOW + 5000);
    clock.now += 4999;
    expect((await choose(short)).token).toBe(short);
    clock.now += 1;
    expect((await choose(short)).token).toBe(token(0));
  });

  test('without a question to the server where the address is not to be proven', async () => {
    const { choose } = requesting({ authenticate: undefined });
    expect(await choose(token(30), theirs)).toMatchObject({
      token: token(30),
      certificateAuthorityData: base64(server.ca),
    });
  });
});

describe('with a source that looks up', () => {
  test('its token serves until the source has another, which no clock tells', async () => {
    const { choose } = setUp({ tokens: [token(59)] });
    expect(await choose(undefined)).toMatchObject({ token: token(59), renewal: Number.POSITIVE_INFINITY });
  });

  test('of two pods the younger one has its way at the start', async () => {
    expect((await setUp({ tokens: [token(20)] }).choose(token(10))).token).toBe(token(10));
    expect((await setUp({ tokens: [token(10)] }).choose(token(20))).token).toBe(token(10));
  });

  test('later on, whoever comes first', async () => {
    const { chooser, choose } = setUp({ tokens: [token(10)] });
    chooser.settle();
    expect((await choose(token(20))).token).toBe(token(20));
  });

  test.each(['two\ntokens', 'ö', ' '])('a token that no reader could send goes: %j', async (existing) => {
    const { chooser, choose } = setUp({ tokens: [token(10)] });
    chooser.settle();
    expect((await choose(existing)).token).toBe(token(10));
  });

  test('in a year of hourly tokens, those of long ago are forgotten', async () => {
    // Each issued a moment after the one before.
    const tokens = Array.from({ length: 300 }, (_, i) => token(20 - i / 60));
    const { chooser, choose } = setUp({ tokens });
    for (const _ of tokens) {
      await choose(undefined);
    }
    chooser.settle();
    // What is not known for ours is somebody's, and good.
    expect((await choose(tokens[0])).token).toBe(tokens[0]);
    expect((await choose(tokens[250])).token).toBe(tokens[299]);
  });

  test('a token of ours of yesterday goes', async () => {
    const { chooser, choose } = setUp({ tokens: [token(20), token(10)] });
    await choose(undefined);
    chooser.settle();
    expect((await choose(token(20))).token).toBe(token(10));
  });
});

describe('the CA beside a token that stays', () => {
  const trusting = (ca: string): Partial<ChooserDeps> => ({
    authenticate: async (asked) => {
      if (base64(asked.ca) === ca) {
        return SUBJECT;
      }
      throw new UntrustedError('not that one', 'https://10.0.0.1:443');
    },
  });

  test('stays as well, if the server is trusted with it', async () => {
    const { choose } = setUp({ requestsTokens: true, tokens: [token(0)], deps: trusting(theirs) });
    expect((await choose(token(30), theirs)).certificateAuthorityData).toBe(theirs);
  });

  test('is ours, if it is not', async () => {
    const { choose, asked } = setUp({
      requestsTokens: true,
      tokens: [token(0)],
      deps: trusting(base64(server.ca)),
    });
    const chosen = await choose(token(30), theirs);
    expect(chosen.certificateAuthorityData).toBe(base64(server.ca));
    expect(asked).toEqual([]);
  });

  test('is ours, if it is none', async () => {
    const { choose } = setUp({ requestsTokens: true, tokens: [token(0)], deps: trusting(base64(server.ca)) });
    expect((await choose(token(30), base64('nonsense'))).certificateAuthorityData).toBe(base64(server.ca));
  });

  test('goes with its token, if the server is trusted with neither', async () => {
    const { choose } = setUp({ requestsTokens: true, tokens: [token(0)], deps: trusting('') });
    expect(await choose(token(30), theirs)).toMatchObject({
      token: token(0),
      certificateAuthorityData: base64(server.ca),
    });
  });
});

describe('an error of the test of a token', () => {
  const failing = (error: Error) =>
    setUp({
      requestsTokens: true,
      tokens: [token(0)],
      deps: {
        authenticate: async () => {
          throw error;
        },
      },
    });

  test.each([apiError(401), new UntrustedError('not that one', 'https://10.0.0.1:443')])(
    'of an address given by --server means the same: $message',
    async (cause) => {
      const { choose } = failing(new UnverifiedServerError('--server', cause));
      expect((await choose(token(30))).token).toBe(token(0));
    },
  );

  test('that says nothing of the token replaces nothing', async () => {
    const error = new UnreachableError('no answer');
    const { choose, asked } = failing(error);
    await expect(choose(token(30))).rejects.toBe(error);
    expect(asked).toEqual([]);
  });
});
