import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { logNowAndThen, type Progress, progressLine, usableColumns } from '../devcluster/progress.ts';
import { layOutDetail, layOutStep } from './step-layout.ts';

/** Shows the work a step at a time, each with what came of it and how long it took. */
export interface Steps {
  /**
   * Runs a step; `work` resolves to what is worth saying of it and what the next steps need. It may tell how far it has
   * come.
   */
  run<T>(name: string, work: (onProgress: Progress) => Promise<Done<T>>): Promise<T>;
}

export interface Done<T> {
  readonly said: string;
  /** Further lines, shown below; those that begin with `+` as in a diff. */
  readonly details?: readonly string[];
  readonly value: T;
}

export interface StepsOptions {
  readonly stdout: WriteStream;
  /** Gets a line of progress now and then where stdout is not a terminal. */
  readonly stderr: NodeJS.WritableStream;
  /** Milliseconds. */
  readonly now: () => number;
  readonly interrupted: AbortSignal;
}

/** Of what is not a terminal. */
const LOG_COLUMNS = 100;
const TICK_MS = 1000;
/** What a terminal writes behind the line at Ctrl-C, `^C`. */
const ECHO_COLUMNS = 2;

/** Colours and the line that shows a step under way are for terminals only; NO_COLOR is obeyed. */
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
      const finish = (mark: string, said: string) => {
        live.end();
        const { first, time, more } = layOutStep(name, said, seconds(), columns());
        write([`  ${mark} ${first}${paint('dim', time)}`, ...more]);
      };
      try {
        const { said, details = [], value } = await work(live.show);
        finish(paint('green', '✓'), said);
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
  /** Takes it away. */
  end(): void;
}

/** The last line of a terminal: what is being done, how far it has come, and for how long. */
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
