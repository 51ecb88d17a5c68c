import { expect, test } from 'vitest';
import { createLog, type HeldLine, type LogFormat, replay } from '../../../runtime/cli/log.ts';

function logged(format: LogFormat, lines: string[] = []) {
  const now = () => new Date('2030-01-01T00:00:00Z');
  return { lines, log: createLog('program', format, (line) => void lines.push(line), now) };
}

test('text says the message, and the hint on a line of its own', () => {
  const { log, lines } = logged('text');
  log.info('a step', { count: 1 });
  log.error('a cause', 'Do this.', { exitCode: 7 });
  expect(lines).toEqual(['program: a step', 'program: error: a cause', 'program: Do this.']);
});

test('JSON has the fields as well, one object a line', () => {
  const { log, lines } = logged('json');
  log.info('a\nstep', { count: 1, nothing: undefined });
  log.info('another');
  log.error('a cause', 'Do this.', { exitCode: 7 });
  const common = { time: '2030-01-01T00:00:00.000Z', program: 'program' };
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { ...common, level: 'info', message: 'a\nstep', count: 1 },
    { ...common, level: 'info', message: 'another' },
    { ...common, level: 'error', message: 'a cause', hint: 'Do this.', exitCode: 7 },
  ]);
  expect(lines.join('')).not.toContain('\n');
});

test('what was held back is said in its order, with its fields', () => {
  const held: HeldLine[] = [
    { message: 'one', fields: { count: 1 } },
    { message: 'two', fields: undefined },
  ];
  const { log, lines } = logged('json');
  replay(held, log);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { message: 'one', count: 1 },
    { message: 'two' },
  ]);
});
