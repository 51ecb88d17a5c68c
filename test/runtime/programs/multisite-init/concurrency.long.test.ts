import { test } from 'vitest';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { writeAtOnce } from '../../../support/writers-at-once.ts';

test.each(ENGINE_NAMES)(
  'multisite-init on %s: a hundred at once for as many locations leave every entry',
  (engine) => writeAtOnce(engine, 100),
);
