import type { ChildProcess } from 'node:child_process';

export interface EndOfProcess {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process whose outputs are read as they come. No wait outlasts it: each ends with an error that has what the process said. */
export interface FollowedProcess {
  /** What it said so far on either output. The last line may be unfinished. */
  readonly lines: readonly string[];
  /** Resolves to the first line that matches, which may have been said before. @param withinMs @default 90 seconds */
  said(pattern: RegExp, withinMs?: number): Promise<string>;
  /** Resolves as `event` does, if that is before the process ends. */
  whileRunning<T>(event: Promise<T>): Promise<T>;
  /** @throws if it could not be started */
  readonly ended: Promise<EndOfProcess>;
}

const followed = new WeakMap<ChildProcess, FollowedProcess>();

/** Follows a process from the first call on. Outputs that are no pipes are left alone. */
export function followProcess(child: ChildProcess): FollowedProcess {
  const known = followed.get(child) ?? follow(child);
  followed.set(child, known);
  return known;
}

function follow(child: ChildProcess): FollowedProcess {
  const stdout = new Output();
  const stderr = new Output();
  const looks = new Set<() => void>();
  const lookAgain = () => {
    for (const look of looks) {
      look();
    }
  };
  for (const [stream, output] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output.add(chunk);
      lookAgain();
    });
  }

  let why: string | undefined;
  const ended = new Promise<EndOfProcess>((resolve, reject) => {
    const end = (reason: string) => {
      why = reason;
      lookAgain();
    };
    child.once('error', (error) => {
      if (child.pid === undefined) {
        end(`could not be started (${error.message})`);
        reject(error);
      }
    });
    child.once('close', (exitCode, signal) => {
      end(`ended (${signal ?? `exit code ${exitCode}`})`);
      resolve({ exitCode, signal, stdout: stdout.text, stderr: stderr.text });
    });
  });
  ended.catch(() => undefined); // whoever waits for it is told

  const lines = () => [...stdout.lines, ...stderr.lines];
  const failure = (what: string) => new Error(`the process ${what}. It said:\n${lines().join('\n')}`);
  return {
    get lines() {
      return lines();
    },
    said: (pattern, withinMs = 90_000) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const look = () => {
        const found = lines().find((line) => pattern.test(line));
        if (found !== undefined) {
          resolve(found);
        } else if (why !== undefined) {
          reject(failure(`${why} before it said ${pattern}`));
        }
      };
      const late = setTimeout(() => reject(failure(`has not said ${pattern} in ${withinMs} ms`)), withinMs);
      looks.add(look);
      look();
      return promise.finally(() => {
        looks.delete(look);
        clearTimeout(late);
      });
    },
    whileRunning: (event) =>
      Promise.race([
        event,
        ended
          .catch(() => undefined)
          .then(() => {
            throw failure(`${why} before what was waited for`);
          }),
      ]),
    ended,
  };
}

class Output {
  text = '';

  add(chunk: string): void {
    this.text += chunk;
  }

  get lines(): string[] {
    const lines = this.text.split('\n');
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  }
}
