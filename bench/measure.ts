// Runs one process to its end and prints what it took. Node cannot: it does not pass on the rusage that wait4
// gives (getrusage knows it for all children together, /proc/<pid> is gone with the process, GNU time is not
// everywhere). Bun does, in microseconds and bytes, and agrees with GNU time; it is installed anyway.
//
// A new process for each, and nothing imported, to stay small: until it has exec'd, a child shares its parent's
// memory, which Linux counts as the child's, so that a peak below the parent's cannot be seen.
import type { Measured, Order } from './measurement.ts';

/** What is used of Bun's API (https://bun.com/docs/runtime/child-process). */
declare const Bun: {
  nanoseconds(): number;
  file(path: string): { text(): Promise<string> };
  spawn(
    command: readonly string[],
    options: {
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
      readonly stdio: readonly ['ignore', number, number];
      readonly timeout: number;
      readonly killSignal: 'SIGKILL';
    },
  ): {
    readonly exited: Promise<number>;
    readonly exitCode: number | null;
    readonly signalCode: string | null;
    resourceUsage(): { readonly cpuTime: { readonly total: bigint }; readonly maxRSS: number };
  };
};

const STDERR = 2;

function start(command: readonly string[], { env, cwd, timeoutMs }: Order) {
  // This stdout is for the result, so what the process says goes to stderr.
  const stdio = ['ignore', STDERR, STDERR] as const;
  return Bun.spawn(command, { env, cwd, stdio, timeout: timeoutMs, killSignal: 'SIGKILL' });
}

async function run(order: Order): Promise<Measured> {
  const started = Bun.nanoseconds();
  const child = start(order.command, order);
  await child.exited;
  const wallMs = (Bun.nanoseconds() - started) / 1e6;
  const { cpuTime, maxRSS } = child.resourceUsage();
  return {
    exitCode: child.exitCode,
    signal: child.signalCode,
    wallMs,
    cpuMs: Number(cpuTime.total) / 1e3,
    peakBytes: maxRSS,
    floorBytes: await ownPeakBytes(),
  };
}

async function ownPeakBytes(): Promise<number> {
  const status = await Bun.file('/proc/self/status').text();
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
// The first spawn of a process takes a millisecond more than the ones after it.
await start(['/bin/sh', '-c', ':'], order).exited;
console.log(JSON.stringify(await run(order)));
