export type LogFormat = 'text' | 'json';

/** Further facts of a log line; they appear as fields in JSON, and not at all in text, whose message says it. */
export type LogFields = Record<string, string | number | boolean | undefined>;

/** One line a step, for people or for machines. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log that hands each line, without its line break, to `write`; `now` stamps the JSON lines. */
export function createLog(
  program: string,
  format: LogFormat,
  write: (line: string) => void,
  now: () => Date,
): Log {
  const line = (level: 'info' | 'error', message: string, fields: LogFields = {}) =>
    format === 'json'
      ? JSON.stringify({ time: now().toISOString(), level, program, message, ...fields })
      : `${program}: ${level === 'error' ? 'error: ' : ''}${message}`;
  return {
    info: (message, fields) => write(line('info', message, fields)),
    error: (message, fields) => write(line('error', message, fields)),
  };
}
