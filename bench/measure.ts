// Runs one process and prints its cost. This needs Bun, which is installed anyway: its values are in microseconds and
// bytes, and agree with GNU time. Node does not return the rusage of wait4 for one child. getrusage adds up all
// children, /proc/<pid> ends with the process, and GNU time is not installed everywhere.
//
// Each measurement has a new process without imports, so that this process stays small. Until exec, a child shares its
// parent's memory, and Linux counts this memory as the child's. So a peak below the parent's memory cannot be seen.
import type { Measured, Order } from './measurement.ts';

/** The used part of Bun's API (https://bun.com/docs/runtime/child-process). */
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
  // The stdout of this program is for the result, so the output of the process goes to stderr.
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
// The first spawn takes a millisecond longer than later ones.
await start(['/bin/sh', '-c', ':'], order).exited;
console.log(JSON.stringify(await run(order)));
