import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pinnedModule } from '../../../devcluster/builds/pinned-module.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const GO_MOD = `module example

tool (
	example.org/tool/cmd/tool
)

require (
	example.org/tool v1.2.3 // indirect
	example.org/tools v4.5.6 // indirect
)

replace (
	example.org/replaced => example.org/tool v7.8.9
)
`;

test('the version is the required one', async () => {
  const moduleFolder = await folderWithGoMod();

  expect(pinnedModule('example.org/tool', moduleFolder)).toEqual({ version: '1.2.3', moduleFolder });
});

test('a module that is not required is an error', async () => {
  const moduleFolder = await folderWithGoMod();

  expect(() => pinnedModule('example.org/replaced', moduleFolder)).toThrow(
    `${join(moduleFolder, 'go.mod')} requires no example.org/replaced`,
  );
});

async function folderWithGoMod(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'go.mod'), GO_MOD);
  return folder;
}
