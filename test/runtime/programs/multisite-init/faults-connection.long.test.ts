import { describe, expect, test } from 'vitest';
import { expectFailure } from '../../../support/expect-failure.ts';
import type { ConnectionFault } from '../../../support/fault-proxy.ts';
import {
  atEach,
  createFaultSite,
  type FaultSite,
  runOutOfTime,
  STEPS,
  type Step,
  triedAgain,
} from '../../../support/fault-site.ts';

/** Where each request has a connection of its own, the number of both. */
const numberOf = (at: Step) => STEPS.indexOf(at) + 1;

const REFUSED = /ECONNREFUSED|ConnectionRefused/;

describe('at each request of the run, a connection that', () => {
  /** A site whose port is closed when the request's turn comes. */
  async function createRefusing(at: Step): Promise<FaultSite> {
    const created = await createFaultSite(
      (_, count) => {
        if (count === numberOf(at) - 1) {
          created.proxy.closePort();
        }
        return { kind: 'pass' };
      },
      { closesAfterAnswer: true },
    );
    if (at === 'read') {
      created.proxy.closePort();
    }
    return created;
  }

  test('is refused, until somebody listens', () =>
    atEach(STEPS, async (engine, at) => {
      const { start, proxy, expectNew } = await createRefusing(at);
      const { said, ended } = start(engine);
      await said(REFUSED);
      await proxy.openPort();
      expect(await ended).toMatchObject({ exitCode: 0 });
      await expectNew();
    }));

  test('is refused, and nobody ever listens', () =>
    atEach(STEPS, async (engine, at) => {
      const { ended, expectNew, expectOld } = await runOutOfTime(
        engine,
        () => createRefusing(at),
        triedAgain(REFUSED),
      );
      expectFailure(ended, 6, REFUSED);
      expect(ended.stderr).toContain('trying again');
      if (at === 'review') {
        await expectNew();
      } else {
        await expectOld();
      }
    }));

  test.each<[string, ConnectionFault, RegExp]>([
    ['is reset at once', 'reset', /ECONNRESET|socket hang up|ConnectionClosed/],
    ['speaks no TLS', 'not TLS', /SSL|EPROTO|TLS|ECONNRESET/],
  ])('%s, once and every time', async (_, fault, message) => {
    const createFaulty = (isTurn: (count: number) => boolean) =>
      createFaultSite(() => ({ kind: 'pass' }), {
        closesAfterAnswer: true,
        connection: (count) => (isTurn(count) ? fault : 'none'),
      });
    await atEach(STEPS, async (engine, at) => {
      const { run, expectNew } = await createFaulty((count) => count === numberOf(at));
      const ended = await run(engine);
      expect(ended.stderr).toMatch(message);
      expect(ended).toMatchObject({ exitCode: 0 });
      await expectNew();
    });
    await atEach(STEPS, async (engine, at) => {
      const { ended, expectNew, expectOld } = await runOutOfTime(
        engine,
        () => createFaulty((count) => count >= numberOf(at)),
        triedAgain(message),
      );
      expectFailure(ended, 6, message);
      if (at === 'review') {
        await expectNew();
      } else {
        await expectOld();
      }
    });
  });
});

test('a host name that nobody knows', () =>
  atEach(['the name'], async (engine) => {
    const { site, expectOld } = await createFaultSite(() => ({ kind: 'pass' }));
    const ended = await site.run(engine, ['--timeout=1s'], { KUBERNETES_SERVICE_HOST: 'api.invalid' });
    expectFailure(ended, 6, /https:\/\/api\.invalid:\d+\/.*: (ENOTFOUND|EAI_AGAIN|DNS\w+)\n/);
    expect(ended.stderr).toContain('trying again');
    await expectOld();
  }));
