import { describe, expect, test } from 'vitest';
import { checkFileName } from '../../../../src/private/validation/values.ts';

describe('a file within a volume', () => {
  function mistakesOfFile(file: string): string[] {
    return checkFileName('tokenFile', file);
  }

  test.each(['token', 'ca.crt', '..data', '...', 'edge/token', 'edge 01', 'a/..b/c', '{{ .Values.file }}'])(
    'may be %j',
    (file) => {
      expect(mistakesOfFile(file)).toEqual([]);
    },
  );

  test.each([
    '',
    '/token',
    'edge/',
    '.',
    '..',
    './token',
    '../token',
    'edge/../token',
    'edge/..',
    '\u2028/../token',
    'to\nken',
    'token\u0000',
  ])('may not be %j', (file) => {
    expect(mistakesOfFile(file)).toEqual([
      `tokenFile ${JSON.stringify(file)} is not valid: give the path of a file within the volume, like "token" ` +
        'or "edge/token", without "..".',
    ]);
  });
});
