import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const { devDependencies, peerDependencies } = packageJson;

/** What the programs of all languages are to run with: the floor, and the runtime of the generator. */
const VERSIONS = {
  cdk8s: devDependencies.cdk8s,
  'cdk8s-plus-27': devDependencies['cdk8s-plus-27'],
  constructs: devDependencies.constructs,
  jsii: devDependencies['jsii-pacmak'],
};

const read = (file: string) => readFile(join(import.meta.dirname, file), 'utf8');

describe('the versions that are tested', () => {
  test('are the floor that the package asks for', () => {
    expect(peerDependencies).toEqual({
      cdk8s: `^${VERSIONS.cdk8s}`,
      'cdk8s-plus-27': `^${VERSIONS['cdk8s-plus-27']}`,
      constructs: `^${VERSIONS.constructs}`,
    });
  });

  test('are those of the Python program', async () => {
    const lines = (await read('python/requirements.txt')).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(Object.entries(VERSIONS).map(([name, version]) => `${name}==${version}`)),
    );
  });

  test('of another cdk8s-plus are the same in TypeScript and Python', async () => {
    expect(await read('python/requirements.txt')).toContain(
      `cdk8s-plus-34==${devDependencies['cdk8s-plus-34']}\n`,
    );
  });

  test('are those of the Go program', async () => {
    const goMod = await read('go/go.mod');
    for (const [path, version] of [
      ['github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2', VERSIONS.cdk8s],
      ['github.com/cdk8s-team/cdk8s-plus-go/cdk8splus27/v2', VERSIONS['cdk8s-plus-27']],
      ['github.com/aws/constructs-go/constructs/v10', VERSIONS.constructs],
      ['github.com/aws/jsii-runtime-go', VERSIONS.jsii],
      ['github.com/cdk8s-multisite/cdk8s-multisite-go/cdk8smultisite', packageJson.version],
    ]) {
      expect(goMod).toContain(`\t${path} v${version}`);
    }
  });

  test('are those of the Java program', async () => {
    const pom = (await read('java/pom.xml')).replace(/\s+/g, '');
    for (const [artifact, version] of [
      ['cdk8s', VERSIONS.cdk8s],
      ['constructs', VERSIONS.constructs],
      ['jsii-runtime', VERSIONS.jsii],
    ]) {
      expect(pom).toContain(`<artifactId>${artifact}</artifactId><version>${version}</version>`);
    }
  });
});
