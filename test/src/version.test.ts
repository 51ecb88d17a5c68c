import { expect, test } from 'vitest';
import { VERSION } from '../../lib/version.js';
import packageJson from '../../package.json' with { type: 'json' };

test('the version that names the image is the one of the package', () => {
  expect(VERSION).toBe(packageJson.version);
});
