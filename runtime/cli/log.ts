export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** More facts of a log line. JSON shows them as fields. Text does not show them, because its message has them. */
export type LogFields = Record<string, string | number | boolean | undefined>;

/** One line per step, for people or for machines. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  /** A failure and its hint. The hint is a field in JSON, and a separate line in text. */
  error(message: string, hint: string, fields?: LogFields): void;
}

/** A line that was held back. */
export interface HeldLine {
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** Logs the lines that were held back. */
export function replay(entries: readonly HeldLine[], log: Log): void {
  for (const { message, fields } of entries) {
    log.info(message, fields);
  }
}

/** A log that passes each line to `write`, without a line break. @param now the time for the JSON lines */
export function createLog(
  program: string,
  format: LogFormat,
  write: (line: string) => void,
  now: () => Date,
): Log {
  if (format === 'json') {
    const json = (level: 'info' | 'error', message: string, fields: LogFields) =>
      write(JSON.stringify({ time: now().toISOString(), level, program, message, ...fields }));
    return {
      info: (message, fields = {}) => json('info', message, fields),
      error: (message, hint, fields = {}) => json('error', message, { hint, ...fields }),
    };
  }
  return {
    info: (message) => write(`${program}: ${message}`),
    error: (message, hint) => {
      write(`${program}: error: ${message}`);
      write(`${program}: ${hint}`);
    },
  };
}
