import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { logNowAndThen, type Progress, progressLine, usableColumns } from '../devcluster/progress.ts';
import { layOutDetail, layOutStep } from './step-layout.ts';

/** Shows the work step by step. Each step has its result and its time. */
export interface Steps {
  /**
   * Runs a step. `work` resolves to its result for people and its value for the next steps. It may report its progress.
   */
  run<T>(name: string, work: (onProgress: Progress) => Promise<Done<T>>): Promise<T>;
}

export interface Done<T> {
  readonly summary: string;
  /** More lines below. Lines that begin with `+` are shown as in a diff. */
  readonly details?: readonly string[];
  readonly value: T;
}

export interface StepsOptions {
  readonly stdout: WriteStream;
  /** Gets a line of progress from time to time, if stdout is not a terminal. */
  readonly stderr: NodeJS.WritableStream;
  /** Milliseconds. */
  readonly now: () => number;
  readonly interrupted: AbortSignal;
}

/** The columns if stdout is not a terminal. */
const LOG_COLUMNS = 100;
const TICK_MS = 1000;
/** The columns of `^C`, which a terminal writes after the line at Ctrl-C. */
const ECHO_COLUMNS = 2;

/** Only terminals get colours and the line of a running step. NO_COLOR switches colours off. */
export function createSteps({ stdout, stderr, now, interrupted }: StepsOptions): Steps {
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { stream: stdout });
  const columns = () => (stdout.isTTY ? usableColumns(stdout) : LOG_COLUMNS);
  const write = (lines: readonly string[]) => stdout.write(lines.map((line) => `${line}\n`).join(''));
  return {
    run: async (name, work) => {
      const started = now();
      const seconds = () => `${((now() - started) / 1000).toFixed(1)} s`;
      const live = stdout.isTTY
        ? liveLine(stdout, name, () => now() - started)
        : { show: logNowAndThen(stderr), end: () => {} };
      const finish = (mark: string, summary: string) => {
        live.end();
        const { first, time, more } = layOutStep(name, summary, seconds(), columns());
        write([`  ${mark} ${first}${paint('dim', time)}`, ...more]);
      };
      try {
        const { summary, details = [], value } = await work(live.show);
        finish(paint('green', '✓'), summary);
        for (const detail of details) {
          const format = detail.startsWith('+') ? 'green' : 'dim';
          write(layOutDetail(detail, columns()).map((line) => paint(format, line)));
        }
        return value;
      } catch (error) {
        finish(paint('red', '✗'), interrupted.aborted ? 'interrupted' : 'failed');
        throw error;
      }
    },
  };
}

interface LiveLine {
  readonly show: Progress;
  /** Removes the line. */
  end(): void;
}

/** The last line of a terminal: the current work, its progress and its time. */
function liveLine(stream: WriteStream, name: string, elapsedMs: () => number): LiveLine {
  let shown: Parameters<Progress> = [name];
  const draw = () => {
    const [line, fraction] = shown;
    const time = ` ${minutesAndSeconds(elapsedMs())}`;
    const room = usableColumns(stream) - ECHO_COLUMNS - '  … '.length - time.length;
    stream.write(`\r\x1b[2K  … ${progressLine(line, fraction, room).padEnd(room)}${time}`);
  };
  const ticking = setInterval(draw, TICK_MS).unref();
  draw();
  return {
    show: (...progress) => {
      shown = progress;
      draw();
    },
    end: () => {
      clearInterval(ticking);
      stream.write('\r\x1b[2K');
    },
  };
}

function minutesAndSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
