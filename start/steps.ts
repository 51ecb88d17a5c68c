import { styleText } from 'node:util';

/** Shows the work a line a step, each with what came of it and how long it took. */
export interface Steps {
  /** Runs a step; `work` resolves to what is worth saying of it and what the next steps need. */
  run<T>(name: string, work: () => Promise<Done<T>>): Promise<T>;
}

export interface Done<T> {
  readonly said: string;
  /** Further lines, shown below. */
  readonly details?: readonly string[];
  readonly value: T;
}

const NAME_WIDTH = 15;
const SAID_WIDTH = 84;

/** Colours and the line that shows a step under way are for terminals only; NO_COLOR is obeyed. */
export function createSteps(stream: NodeJS.WriteStream, now: () => number): Steps {
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { stream });
  return {
    run: async (name, work) => {
      const started = now();
      const seconds = () => `${((now() - started) / 1000).toFixed(1)} s`.padStart(8);
      if (stream.isTTY) {
        stream.write(paint('dim', `  … ${name}`));
      }
      const clear = stream.isTTY ? '\r\x1b[2K' : '';
      try {
        const { said, details = [], value } = await work();
        const line = `${name.padEnd(NAME_WIDTH)} ${said.padEnd(SAID_WIDTH)}`;
        stream.write(`${clear}  ${paint('green', '✓')} ${line}${paint('dim', seconds())}\n`);
        for (const detail of details) {
          stream.write(`    ${' '.repeat(NAME_WIDTH)} ${paint('dim', detail)}\n`);
        }
        return value;
      } catch (error) {
        stream.write(
          `${clear}  ${paint('red', '✗')} ${name.padEnd(NAME_WIDTH)} ${'failed'.padEnd(SAID_WIDTH)}${seconds()}\n`,
        );
        throw error;
      }
    },
  };
}
