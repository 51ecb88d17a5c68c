import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { portOf } from '../../../../devcluster/control-plane/port-of.ts';
import { behindProxy, createField, GATE } from '../../../support/held-pods.ts';
import { runMetainit, startMetainit } from '../../../support/metainit.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';

describe.each(ENGINE_NAMES)('metainit on %s', (engine) => {
  test('says what it does, counts, and is ready', async () => {
    const field = await createField();
    const { label } = field;
    await field.createPod('held', { gates: ['a.example/one', 'b.example/two'] });
    // A time in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const metainit = await startMetainit(engine, [label], field.env);
    await metainit.said(new RegExp(`^metainit: watching pods with the label ${label} in all namespaces$`));
    await metainit.said(
      /^metainit: removed a\.example\/one, b\.example\/two from pod \S+\/held, which was held for \d+\.\d s$/,
    );
    await metainit.ready();
    expect(await metainit.get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await metainit.get('/startupz')).toEqual({ status: 200, text: 'ok\n' });
    await metainit.reaches('pods_released_total', 1);
    expect(await metainit.metric('pod_held_seconds_count')).toBe(1);
    expect(await metainit.metric('pod_held_seconds_sum')).toBeGreaterThan(1);
    expect(await metainit.metric('pod_held_seconds_sum')).toBeLessThan(60);
    expect(await metainit.metric('release_seconds_count')).toBe(1);
    expect(await metainit.metric('release_seconds_sum')).toBeGreaterThan(0);
    expect(await metainit.metric('release_seconds_sum')).toBeLessThan(10);
    await metainit.reaches('queue_depth', 0);
    expect(await metainit.metric('watch_restarts_total')).toBe(0);
    for (const task of ['watch', 'release', 'event']) {
      expect(await metainit.metric(`errors_total{task="${task}"}`)).toBe(0);
    }
  });

  test('records each release as one Event on the pod', async () => {
    const field = await createField();
    const pod = await field.createPod('held');
    const metainit = await startMetainit(engine, [field.label], field.env);
    await metainit.reaches('pods_released_total', 1);
    const events = await field.events(pod);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      metadata: { name: `${pod.metadata?.uid}.metainit` },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'held', uid: pod.metadata?.uid },
      type: 'Normal',
      reason: 'Released',
      message: expect.stringMatching(new RegExp(`^removed ${GATE} from pod \\S+/held, which was held for`)),
      source: { component: 'metainit', host: expect.stringMatching(/./) },
      count: 1,
    });
    const age = Date.now() - Number(events[0]?.lastTimestamp);
    expect(age).toBeLessThan(60_000);
  });

  test('with --log-format=json each line is an object', async () => {
    const field = await createField();
    const { metadata } = await field.createPod('held', { gates: ['a.example/one', 'b.example/two', 'c/d'] });
    const gates = ['--gate=a.example/one', '--gate=b.example/two'];
    const args = [field.label, '--log-format=json', ...gates];
    const metainit = await startMetainit(engine, args, field.env);
    const line = JSON.parse(await metainit.said(/removed/));
    expect(line).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'info',
      program: 'metainit',
      message: expect.stringMatching(/^removed a\.example\/one, b\.example\/two from pod/),
      namespace: field.namespace,
      pod: 'held',
      uid: metadata?.uid,
      gates: 'a.example/one,b.example/two',
      heldSeconds: expect.any(Number),
      remainingGates: 'c/d',
    });
  });

  test('SIGTERM ends it in less than a second with 0, also while it releases', async () => {
    const field = await createField();
    const idle = await startMetainit(engine, [field.label], field.env);
    await idle.ready();
    const first = await idle.stop();
    expect(first.exitCode).toBe(0);
    expect(first.ms).toBeLessThan(1000);

    const busy = await createField();
    await busy.createPods(20);
    const { proxy, env } = await behindProxy(busy, (method) =>
      method === 'PATCH' ? { kind: 'stall' } : { kind: 'pass' },
    );
    const metainit = await startMetainit(engine, [busy.label], env);
    await vi.waitFor(() => expect(proxy.requests.join('\n')).toContain('PATCH'), { timeout: 20_000 });
    const second = await metainit.stop();
    expect(second.exitCode).toBe(0);
    expect(second.ms).toBeLessThan(1000);
  });

  test('a release that has begun is recorded when it is told to end', async () => {
    const field = await createField();
    const pod = await field.createPod('held');
    const stopped = Promise.withResolvers<void>();
    const { proxy, env } = await behindProxy(field, (method) =>
      method === 'PATCH' ? { kind: 'pass', before: () => stopped.promise } : { kind: 'pass' },
    );
    const metainit = await startMetainit(engine, [field.label], env);
    await vi.waitFor(() => expect(proxy.requests.join('\n')).toContain('PATCH'), { timeout: 20_000 });
    const stop = metainit.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    stopped.resolve();
    expect(await stop).toMatchObject({ exitCode: 0 });
    expect(await field.gates('held')).toEqual([]);
    expect(await field.events(pod)).toHaveLength(1);
    await metainit.said(/removed/);
  });

  test('releases at most 16 pods at once, and asks the server to select', async () => {
    const field = await createField();
    await field.createPods(60);
    let now = 0;
    let most = 0;
    const { proxy, env } = await behindProxy(field, (method) => {
      if (method !== 'PATCH') {
        return { kind: 'pass' };
      }
      now += 1;
      most = Math.max(most, now);
      const before = () => new Promise((resolve) => setTimeout(resolve, 100));
      return {
        kind: 'pass',
        before,
        after: async () => {
          now -= 1;
        },
      };
    });
    const metainit = await startMetainit(engine, [field.label], env);
    await metainit.reaches('pods_released_total', 60);
    expect(most).toBe(16);
    const lists = proxy.requests.filter((line) => line.startsWith('GET'));
    expect(lists).toHaveLength(1);
    const query = new URL(lists[0]?.split(' ')[1] ?? '', 'https://api').searchParams;
    expect(query.get('labelSelector')).toBe(field.label);
    expect(query.get('fieldSelector')).toBe('spec.nodeName=');
    expect(query.get('sendInitialEvents')).toBe('true');
    expect(query.get('allowWatchBookmarks')).toBe('true');
    // One patch and one Event for each pod, and nothing else.
    const written = proxy.requests.filter((line) => !line.startsWith('GET'));
    expect(written.filter((line) => line.startsWith('PATCH'))).toHaveLength(60);
    expect(written.filter((line) => line.startsWith('POST'))).toHaveLength(60);
    expect(written).toHaveLength(120);
  });

  test('has one watch for each namespace', async () => {
    const field = await createField();
    const other = await field.createNamespace();
    const { proxy, env } = await behindProxy(field, () => ({ kind: 'pass' }));
    const args = [field.label, `--namespace=${field.namespace}`, `--namespace=${other}`, `-n=${other}`];
    const metainit = await startMetainit(engine, [...args.slice(0, 3), '-n', other], env);
    await metainit.ready();
    const paths = proxy.requests.map((line) => new URL(line.split(' ')[1] ?? '', 'https://api').pathname);
    expect(paths.sort()).toEqual(
      [field.namespace, other].sort().map((name) => `/api/v1/namespaces/${name}/pods`),
    );
  });

  test('a port that is taken ends it', async () => {
    const field = await createField();
    const other = createServer().listen(0);
    onTestFinished(() => void other.close());
    const port = portOf(other);
    const ended = await runMetainit(engine, [field.label, `--port=${port}`], field.env);
    expect(ended.exitCode).toBe(2);
    expect(ended.termination).toMatch(new RegExp(`cannot listen on port ${port}.*\\nChoose another port`));
  });

  test('with --bind-address it serves at this address alone', async () => {
    const field = await createField();
    const metainit = await startMetainit(engine, [field.label, '--bind-address=127.0.0.1'], field.env);
    await metainit.ready();
    await expect(fetch(`http://127.0.0.2:${metainit.port}/healthz`)).rejects.toThrow();
    const open = await startMetainit(engine, [field.label], field.env);
    expect((await fetch(`http://127.0.0.2:${open.port}/healthz`)).status).toBe(200);
  });

  test('has help, a version and completion', async () => {
    const help = await runMetainit(engine, ['--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toMatch(/metainit \[LABEL\] \[flags\]/);
    expect((await runMetainit(engine, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const completion = await runMetainit(engine, ['completion', 'bash']);
    expect(completion.stdout).toContain('complete -F _metainit metainit');
    expect(completion.stdout).toContain('--namespace');
  });

  test.each([
    [['a=b'], /LABEL "a=b" is not a label key/],
    [['-x'], /unknown flag -x/],
    [['a', 'b'], /unexpected argument "b"/],
    [['--gate=a b'], /--gate "a b" is not a scheduling gate's name/],
    [['--namespace=A'], /--namespace "A" is not a namespace name/],
    [['--kubeconfig='], /--kubeconfig is empty/],
    [['--once', '--port=9780'], /--port and --once exclude each other/],
    [['--dry-run', '--port=9780'], /--port and --dry-run exclude each other/],
    [['--log-format=xml'], /--log-format "xml" is not known/],
  ])('refuses the command line %j', async (args, message) => {
    const ended = await runMetainit(engine, args);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(message);
    expect(ended.termination).toMatch(message);
  });
});
