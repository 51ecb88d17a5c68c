import type { WriteStream } from 'node:tty';

/** Receives a line that says how far a long step has come; each line supersedes the one before. */
export type Progress = (line: string) => void;

/** Where there is no terminal (a CI log), a line as often as this tells that work goes on. */
const LOG_INTERVAL_MS = 10_000;

/** Shows progress on a stream: on a terminal as one line that is rewritten, else as a line now and then. */
export function progressTo(stream: WriteStream): Progress {
  return stream.isTTY ? rewriteLine(stream) : logNowAndThen(stream);
}

function rewriteLine(stream: WriteStream): Progress {
  let back = '';
  return (line) => {
    // The cursor always rests on a new line, so that whatever is printed next needs to know nothing of this.
    stream.write(`${back}${line.slice(0, stream.columns - 1)}\n`);
    back = '\x1b[1A\x1b[2K';
  };
}

function logNowAndThen(stream: NodeJS.WritableStream): Progress {
  let next = 0;
  return (line) => {
    if (Date.now() < next) {
      return;
    }
    stream.write(`${line}\n`);
    next = Date.now() + LOG_INTERVAL_MS;
  };
}
