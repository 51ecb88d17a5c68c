import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../../runtime/async/clock.ts';
import { createLog } from '../../../../runtime/cli/log.ts';
import { parseCommandLine } from '../../../../runtime/cli/parse-command-line.ts';
import { ClientCertificate } from '../../../../runtime/programs/metainit/client-certificate.ts';
import { COMMAND } from '../../../../runtime/programs/metainit/command.ts';
import { explainFailure } from '../../../../runtime/programs/metainit/explain-failure.ts';
import { type HeldPod, heldPod, isHeld } from '../../../../runtime/programs/metainit/held-pod.ts';
import { readOptions } from '../../../../runtime/programs/metainit/options.ts';
import { ReleaseStatus } from '../../../../runtime/programs/metainit/release-status.ts';
import { Releaser } from '../../../../runtime/programs/metainit/releaser.ts';
import { adminTransport } from '../../../support/admin.ts';
import { createField, type Field } from '../../../support/held-pods.ts';

/** A releaser on the real API server, and the requests that it sends. */
function startReleaser() {
  const real = adminTransport();
  const sent: string[] = [];
  const transport: typeof real = {
    ...real,
    send: (request, signal) => {
      sent.push(request.method);
      return real.send(request, signal);
    },
  };
  const lines: string[] = [];
  const log = createLog(
    'metainit',
    'text',
    (line) => void lines.push(line),
    () => new Date(),
  );
  const options = readOptions(parseCommandLine(COMMAND, []).values);
  const explain = (error: unknown, signal: AbortSignal) =>
    explainFailure(error, options, { transport, clock: systemClock }, signal);
  const deps = {
    transport,
    clock: systemClock,
    log,
    instance: 'test',
    certificate: new ClientCertificate(),
    explain,
  };
  const releaser: Releaser = new Releaser(
    options,
    deps,
    new ReleaseStatus(
      [],
      () => releaser.depth,
      () => undefined,
    ),
  );
  const ending = new AbortController();
  const ended = releaser.run(ending.signal);
  onTestFinished(async () => {
    ending.abort();
    await ended;
  });
  const patches = () => sent.filter((method) => method === 'PATCH').length;
  return { releaser, patches, lines };
}

async function createHeld(field: Field, name: string): Promise<HeldPod> {
  const { metadata, spec } = await field.createPod(name);
  const { uid = '', namespace = '' } = metadata ?? {};
  const held = heldPod({ metadata: { name, namespace, uid }, spec }, undefined);
  if (!isHeld(held)) {
    throw new Error(`${name} is not held`);
  }
  return held;
}

test('a pod that an old event tells as held after its release is not patched again', async () => {
  const field = await createField();
  const pod = await createHeld(field, 'held');
  const { releaser, patches, lines } = startReleaser();
  releaser.seen(pod);
  expect(releaser.depth).toBe(1);
  await vi.waitFor(() => expect(lines.join('\n')).toContain('removed'));
  // The end of the list that told of it.
  releaser.listed(new Map([[pod.uid, pod]]));
  releaser.seen(pod);
  await sleep(300);
  expect(patches()).toBe(1);
  expect(releaser.depth).toBe(0);
  // A later list tells what there is: what is held was not released.
  releaser.listed(new Map([[pod.uid, pod]]));
  await vi.waitFor(() => expect(patches()).toBe(2));
});

test('a pod that leaves the selection while it waits is not patched', async () => {
  const field = await createField();
  const [first, gone] = [await createHeld(field, 'first'), await createHeld(field, 'gone')];
  const { releaser, patches, lines } = startReleaser();
  // Another replica released a pod: now all wait for it.
  releaser.seen(first);
  releaser.notHeld(first.uid, 'no gate');
  await sleep(100);
  const before = patches();
  releaser.seen(gone);
  releaser.notHeld(gone.uid, undefined);
  expect(releaser.depth).toBe(0);
  await sleep(1300);
  expect(patches()).toBe(before);
  expect(lines.join('\n')).not.toContain('gone');
});
