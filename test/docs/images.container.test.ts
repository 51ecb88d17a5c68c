import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureBaseImages } from '../../devcluster/images/base-images.ts';
import { bud, buildah, imageExists } from '../../devcluster/images/containers.ts';
import { listedTypeFiles, prepareBuild } from '../../devcluster/images/manager-image.ts';
import { ensureStandInBase } from '../../devcluster/images/stand-in-base.ts';
import { BASES } from '../cloudify-manager/bases.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

const texts = await Promise.all(
  ['docs/install.md', 'docs/cloudify-manager.md', 'docs/migration.md'].map((file) =>
    readFile(join(ROOT, file), 'utf8'),
  ),
);
/** In blocks and in tables; what has no name for the image explains an option. */
const commands = new Set(
  texts
    .join('\n')
    .match(/docker build (?:\\\n|[^\n`])+/g)
    ?.filter((command) => command.includes(' -t ')),
);

/** The folder that a command names, and flags: there is no registry here, and no way to the type files' URLs. */
const CONTEXTS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  '.': async () => {
    await ensureBaseImages(await readFile(join(ROOT, 'Dockerfile'), 'utf8'));
    return [ROOT];
  },
  'cloudify-manager': async () => {
    for (const { base } of BASES) {
      await ensureStandInBase(base);
    }
    const { context, mirror } = await prepareBuild(await temporaryFolder(), await listedTypeFiles());
    return [`--volume=${mirror}:/mirror:ro`, '--build-arg=TYPE_FILE_MIRROR=file:///mirror', context];
  },
};

test('the documents build both images, and the manager on an older base', () => {
  const built = [...commands].map((command) => / -t (\S+)/.exec(command)?.[1]);
  expect(built.sort()).toEqual([
    'registry.example/cloudify-manager:0.1.0',
    'registry.example/cloudify-manager:0.1.0-19.01.24',
    'registry.example/multisite:0.1.0',
  ]);
});

test.each([...commands])('`%s` works', async (command) => {
  const [, , ...args] = command.split(/[\s\\]+/);
  const context = CONTEXTS[args.pop() ?? ''];
  if (context === undefined) {
    throw new Error('there is no such folder');
  }
  await bud(...args, ...(await context()));
  const name = args[args.indexOf('-t') + 1] ?? '';
  expect(await imageExists(name)).toBe(true);
  await buildah('rmi', name);
});
