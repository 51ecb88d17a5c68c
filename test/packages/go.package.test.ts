import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { keptFolder } from '../../devcluster/builds/kept-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { manifestsIn, typescriptManifests } from './manifests.ts';
import { CDK8S_PLUS, generate, OWN_PACKAGE, PLUS_AND_PACMAK } from './pacmak.ts';
import { run } from './run.ts';

const install = 'Go 1.25 or newer: https://go.dev/dl/';
const OWN_MODULE = 'github.com/cdk8s-multisite/cdk8s-multisite-go/cdk8smultisite';
const PLUS_MODULE = 'github.com/cdk8s-team/cdk8s-plus-go/cdk8splus27/v2';

let plus: string;

/** The module proxy does not have it (docs/packages.md). */
beforeAll(async () => {
  const folder = await keptFolder('packages-go', PLUS_AND_PACMAK, async (made) => {
    await generate(CDK8S_PLUS, 'go', made);
  });
  plus = join(folder, 'go/cdk8splus27');
});

test('a Go program synthesizes what the same in TypeScript does', async () => {
  const folder = await temporaryFolder();
  await cp(join(import.meta.dirname, 'go'), folder, { recursive: true });
  const own = join(await generate(OWN_PACKAGE, 'go', join(folder, 'generated')), 'cdk8smultisite');
  const options = { install, cwd: folder, env: { CGO_ENABLED: '0', GOWORK: 'off' } };
  const replace = [`-replace=${OWN_MODULE}=${own}`, `-replace=${PLUS_MODULE}=${plus}`];
  await run('go', ['mod', 'edit', ...replace], options);
  // Where go.mod is not complete any more: the same `go mod edit`, and `go mod tidy`.
  await run('go', ['build', '-mod=readonly', '-trimpath', '-o', 'program', '.'], options);
  const output = join(folder, 'output');
  await run(join(folder, 'program'), [output], options);
  expect(await manifestsIn(output)).toEqual(await typescriptManifests());
});
