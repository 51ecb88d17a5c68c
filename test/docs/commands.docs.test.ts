import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubernetesBinary } from '../../devcluster/builds/kubernetes.ts';
import { lines, RUN_ELSEWHERE } from './commands.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('in a checkout', () => {
  let checkout: string;

  beforeAll(async () => {
    checkout = await mkdtemp(join(tmpdir(), 'docs-test-'));
    // Everything but dist/ and lib/, which `npm run synth` writes while other tests read them.
    const names = ['cdk8s.yaml', 'node_modules', 'tsconfig.json', 'README.md', 'LICENSE'];
    for (const name of names) {
      await symlink(join(ROOT, name), join(checkout, name));
    }
    // Not a link: a command of npm would write to the real one.
    await cp(join(ROOT, 'package.json'), join(checkout, 'package.json'));
    // Not a link: jsii compiles what is in the folder itself.
    await cp(join(ROOT, 'src'), join(checkout, 'src'), { recursive: true });
    await mkdir(join(checkout, 'bin'));
    await symlink(await kubernetesBinary('kubectl'), join(checkout, 'bin/kubectl'));
  });

  afterAll(() => rm(checkout, { recursive: true }));

  /** @returns what it prints */
  async function type(line: string): Promise<string> {
    const { kubeconfig: KUBECONFIG } = inject('controlPlane');
    const PATH = `${join(checkout, 'bin')}:${process.env.PATH}`;
    const { stdout } = await promisify(execFile)('bash', ['-ec', line], {
      cwd: checkout,
      // A namespace of its own: another test applies to the one of the default.
      env: { ...process.env, PATH, KUBECONFIG, NAMESPACE: 'docs' },
    });
    return stdout;
  }

  test.each(lines.filter((line) => !(line in RUN_ELSEWHERE)))('`%s` works', async (line) => {
    await type(line);
  });

  test('a second apply says `configured` of what docs/install.md says, although nothing changes', async () => {
    await type('npm run synth && kubectl apply -f dist/');
    const versions = "kubectl get -f dist/ -o jsonpath='{.items[*].metadata.resourceVersion}'";
    const before = await type(versions);
    const said = await type('kubectl apply -f dist/');
    const configured = said.match(/\S+(?= configured$)/gm) ?? [];
    expect(configured.toSorted()).toEqual([
      'deployment.apps/dcae-cloudify-manager',
      'service/dcae-cloudify-manager',
    ]);
    expect(await type(versions)).toBe(before);
  });
});
