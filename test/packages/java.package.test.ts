import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { keptFolder } from '../../devcluster/builds/kept-folder.ts';
import { howToInstall } from '../../devcluster/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { manifestsIn, typescriptManifests } from './manifests.ts';
import { CDK8S_PLUS, generate, OWN_PACKAGE, PLUS_AND_PACMAK } from './pacmak.ts';
import { run } from './run.ts';

const FOLDER = join(import.meta.dirname, 'java');
const POM = join(FOLDER, 'pom.xml');
const install = `JDK 17 or newer and Maven: ${howToInstall('javac')} maven`;

/** Class path of what the package needs. */
let libraries: string[];

/** cdk8s-plus-27 is not in Maven's central repository (docs/packages.md): it is compiled here. */
beforeAll(async () => {
  // Classes run on no older Java than they were compiled by.
  const which = await run('javac', ['-version'], { install });
  const dependsOn = [which, await readFile(POM, 'utf8'), ...PLUS_AND_PACMAK];
  const folder = await keptFolder('packages-java', dependsOn, async (made) => {
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    const maven = ['--batch-mode', '--quiet', `--file=${POM}`, copy, `-DoutputDirectory=${made}/jars`];
    await run('mvn', maven, { install });
    await compile([await generate(CDK8S_PLUS, 'java', made)], [`${made}/jars/*`], `${made}/classes`);
  });
  libraries = [`${folder}/jars/*`, `${folder}/classes`, `${folder}/java/src/main/resources`];
});

/** Compiles all Java files in some folders. */
async function compile(folders: readonly string[], classPath: readonly string[], output: string) {
  const files: string[] = [];
  for (const folder of folders) {
    for await (const file of glob('**/*.java', { cwd: folder })) {
      files.push(join(folder, file));
    }
  }
  // More than a command line takes.
  const list = `${output}.txt`;
  await writeFile(list, files.map((file) => `"${file}"\n`).join(''));
  const flags = ['-nowarn', '-proc:none', '-encoding', 'UTF-8', '-cp', classPath.join(':'), '-d', output];
  await run('javac', [...flags, `@${list}`], { install });
}

test('a Java program synthesizes what the same in TypeScript does', async () => {
  const folder = await temporaryFolder();
  const own = await generate(OWN_PACKAGE, 'java', folder);
  const classes = join(folder, 'classes');
  await compile([own, FOLDER], libraries, classes);
  const output = join(folder, 'output');
  const classPath = [classes, join(own, 'src/main/resources'), ...libraries].join(':');
  await run('java', ['-cp', classPath, 'Main', output], { install });
  expect(await manifestsIn(output)).toEqual(await typescriptManifests());
});
