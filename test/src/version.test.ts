import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { VERSION } from '../../src/version.ts';

test('the version that names the image is the one of the package', () => {
  expect(VERSION).toBe(packageJson.version);
});
