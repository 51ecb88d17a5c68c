import type { WriteStream } from 'node:tty';

/**
 * Receives the progress of a long step. Each line replaces the line before. If it is known, `fraction` is the finished
 * part of the step, from 0 to 1.
 */
export type Progress = (line: string, fraction?: number) => void;

/** Without a terminal (in a CI log), a line in this interval shows that the work continues. */
const LOG_INTERVAL_MS = 10_000;

/** The assumed columns of a terminal that reports 0, as terminals of some containers do. */
const ASSUMED_COLUMNS = 80;

const BAR_COLUMNS = 20;
/** With fewer columns, only the words are shown, without a bar. */
const COLUMNS_FOR_BAR = 60;

/** Shows progress on a stream. On a terminal it is one line that is rewritten, otherwise a line from time to time. */
export function progressTo(stream: WriteStream): Progress {
  return stream.isTTY ? rewriteLine(stream) : logNowAndThen(stream);
}

/** The usable columns of a line. The last column stays empty, because some terminals begin a new line after it. */
export function usableColumns(stream: { readonly columns?: number }): number {
  return (stream.columns || ASSUMED_COLUMNS) - 1;
}

/** A line of progress with at most this number of columns. It ends with a bar if there is room. */
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
    // The cursor is always on a new line, so that other output can follow at any time.
    stream.write(`${back}${progressLine(line, fraction, usableColumns(stream))}\n`);
    back = '\x1b[1A\x1b[2K';
  };
}

/** Shows progress as a line from time to time, without rewriting. */
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
