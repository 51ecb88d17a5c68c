import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { type EndOfProcess, followProcess } from './follow-process.ts';
import { type Ended, type Engine, runToEnd } from './multisite-init.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The program as it is shipped, on each of its engines. */
const PROGRAM: Readonly<Record<Engine, readonly [string, ...string[]]>> = {
  node: [join(ROOT, 'node_modules/.bin/node'), join(ROOT, 'runtime/programs/metainit/bin.cjs')],
  bun: [join(ROOT, 'runtime/build/bin/metainit')],
};

/** Runs the program to its end, and checks that it told nobody a token. */
export async function runMetainit(
  engine: Engine,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const ended = await runToEnd([...PROGRAM[engine], ...args], env);
  expect(JSON.stringify(ended)).not.toMatch(/eyJ[\w-]+\./);
  return ended;
}

/** The program while it watches. */
export interface Metainit {
  readonly pid: number;
  /** The port of its own server. */
  readonly port: number;
  /** Resolves to the line when it has said something like this. */
  said(pattern: RegExp): Promise<string>;
  /** What it said so far. */
  readonly lines: readonly string[];
  /** Status and text of a path of its own server. */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** A sample of /metrics, without the prefix of its name; undefined if there is none. */
  metric(name: string): Promise<number | undefined>;
  /** Resolves when a sample has come to a value. */
  reaches(name: string, value: number): Promise<void>;
  /** Resolves when it is ready. */
  ready(): Promise<void>;
  /** Resolves to the reason when it is not ready for such a reason. */
  unready(why?: RegExp): Promise<string>;
  /** Ends it as the kubelet does, and resolves to how it ended and how long that took. */
  stop(): Promise<{ readonly exitCode: number | null; readonly ms: number }>;
  /** With SIGKILL. */
  kill(): Promise<EndOfProcess>;
  readonly ended: Promise<EndOfProcess>;
}

/** Starts it, and waits until it listens, or has ended. It ends with the test, and its lines are searched for tokens. */
export async function startMetainit(
  engine: Engine,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Metainit> {
  const port = await freePort();
  const [command, ...first] = PROGRAM[engine];
  const child = spawn(command, [...first, ...args, `--port=${port}`], {
    env: { ...env, TERMINATION_MESSAGE_PATH: '/dev/null' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const process = followProcess(child);
  const { said, ended } = process;
  const kill = () => {
    child.kill('SIGKILL');
    return ended;
  };
  onTestFinished(async () => {
    const { stdout, stderr } = await kill();
    expect(stdout + stderr).not.toMatch(/eyJ[\w-]+\./);
  });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  const until = <T>(look: () => Promise<T>) => vi.waitFor(look, { timeout: 60_000, interval: 20 });
  await until(async () => child.exitCode !== null || get('/healthz'));
  const metric = async (name: string) => {
    const { text } = await get('/metrics');
    const line = text.split('\n').find((each) => each.startsWith(`metainit_${name} `));
    return line === undefined ? undefined : Number(line.split(' ')[1]);
  };
  return {
    pid: child.pid ?? 0,
    port,
    said,
    get lines() {
      return process.lines;
    },
    get,
    metric,
    reaches: (name, value) => until(async () => expect(await metric(name)).toBe(value)),
    ready: () => until(async () => expect(await get('/readyz')).toEqual({ status: 200, text: 'ok\n' })),
    unready: (why = /./) =>
      until(async () => {
        const { status, text } = await get('/readyz');
        expect(status).toBe(503);
        expect(text).toMatch(why);
        return text.trim();
      }),
    stop: async () => {
      const start = performance.now();
      child.kill('SIGTERM');
      const { exitCode } = await ended;
      return { exitCode, ms: performance.now() - start };
    },
    kill,
    ended,
  };
}
