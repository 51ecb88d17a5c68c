import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  describeMissing,
  FOR_IMAGES,
  FOR_NODE,
  findMissing,
  howToInstall,
  installCommand,
} from '../../devcluster/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A folder to look for commands in, with some that do nothing. */
async function pathWith(...commands: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const command of commands) {
    await writeFile(join(folder, command), '#!/bin/sh\n');
    await chmod(join(folder, command), 0o755);
  }
  return folder;
}

test('what is on the path is not missing, and each thing is missing once', async () => {
  const path = await pathWith('git', 'nft');

  const missing = await findMissing(['git', 'shellcheck', 'shellcheck', 'nft', 'go'], path);

  expect(missing.map(({ title }) => title)).toEqual(['shellcheck', 'Go 1.26 or newer (https://go.dev/dl/)']);
});

test('a Python that cannot make virtual environments is not enough', async () => {
  const path = await pathWith();
  await writeFile(join(path, 'python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });

  const [missing] = await findMissing(['python3-venv'], path);

  expect(missing?.packages).toEqual(['python3', 'python3-venv']);
  await writeFile(join(path, 'python3'), '#!/bin/sh\nexit 0\n');
  expect(await findMissing(['python3-venv'], path)).toEqual([]);
});

test('all that a machine lacks for a node is told at once, with the one command for it', async () => {
  const missing = await findMissing(
    FOR_NODE.filter((name) => !['root', 'package-lists', 'bridge-filter'].includes(name)),
    await pathWith('runc', 'mount'),
  );

  expect(describeMissing(missing, true)).toBe(`  buildah
  mmdebstrap
  flock (util-linux)
  ip (iproute2)
  nft (nftables)
  nsenter (util-linux)
  sysctl (procps)
  unshare (util-linux)
As root, install it with:
  apt-get update && apt-get install --yes --no-install-recommends buildah iproute2 mmdebstrap nftables procps util-linux`);
});

test('where there is no apt-get, the programs are told alone', async () => {
  const missing = await findMissing(['shellcheck', 'git'], await pathWith());

  expect(describeMissing(missing, false)).toBe('  shellcheck\n  git');
});

test('what is no package is part of the command, too, or of none', () => {
  const lists = { title: 'lists', packages: [] };
  const filter = { title: 'filter', command: 'modprobe br_netfilter' };

  expect(installCommand([lists, filter])).toBe('apt-get update && modprobe br_netfilter');
  expect(installCommand([{ title: 'root' }])).toBeUndefined();
  expect(describeMissing([{ title: 'root' }], true)).toBe('  root');
});

test('a node takes what its images take', () => {
  expect(FOR_NODE).toEqual(expect.arrayContaining([...FOR_IMAGES]));
});

test('a command is in the package of its name, unless the list says otherwise', () => {
  expect(howToInstall('podman')).toBe('apt-get install podman runc');
  expect(howToInstall('example')).toBe('apt-get install example');
});
