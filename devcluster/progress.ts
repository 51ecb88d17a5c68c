import type { WriteStream } from 'node:tty';

/**
 * Receives a line that says how far a long step has come; each line supersedes the one before. Where it is known, `fraction`
 * is how much of the step is done, from 0 to 1.
 */
export type Progress = (line: string, fraction?: number) => void;

/** Where there is no terminal (a CI log), a line as often as this tells that work goes on. */
const LOG_INTERVAL_MS = 10_000;

/** Of a terminal that says 0, as those of some containers do. */
const ASSUMED_COLUMNS = 80;

const BAR_COLUMNS = 20;
/** Without so many the words are worth more than a bar. */
const COLUMNS_FOR_BAR = 60;

/** Shows progress on a stream: on a terminal as one line that is rewritten, else as a line now and then. */
export function progressTo(stream: WriteStream): Progress {
  return stream.isTTY ? rewriteLine(stream) : logNowAndThen(stream);
}

/** How many columns a line may take: all but the last, behind which some terminals begin a new line. */
export function usableColumns(stream: { readonly columns?: number }): number {
  return (stream.columns || ASSUMED_COLUMNS) - 1;
}

/** A line of progress that takes at most so many columns, with a bar at its end where there is room. */
export function progressLine(line: string, fraction: number | undefined, columns: number): string {
  if (fraction === undefined || columns < COLUMNS_FOR_BAR) {
    return cut(line, columns);
  }
  const words = columns - BAR_COLUMNS - 1;
  return `${cut(line, words).padEnd(words)} ${bar(fraction)}`;
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}

function bar(fraction: number): string {
  const done = Math.round(Math.min(Math.max(fraction, 0), 1) * BAR_COLUMNS);
  return '█'.repeat(done) + '░'.repeat(BAR_COLUMNS - done);
}

function rewriteLine(stream: WriteStream): Progress {
  let back = '';
  return (line, fraction) => {
    // The cursor always rests on a new line, so that whatever is printed next needs to know nothing of this.
    stream.write(`${back}${progressLine(line, fraction, usableColumns(stream))}\n`);
    back = '\x1b[1A\x1b[2K';
  };
}

/** Shows progress as a line now and then, and rewrites none. */
export function logNowAndThen(stream: NodeJS.WritableStream): Progress {
  let next = 0;
  return (line) => {
    if (Date.now() < next) {
      return;
    }
    stream.write(`${line}\n`);
    next = Date.now() + LOG_INTERVAL_MS;
  };
}
