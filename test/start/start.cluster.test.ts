import { describe, expect, test } from 'vitest';
import { openBook } from '../docs/book.ts';
import { done, FIRST_SITE, npmStart, PROOF, start, steps } from './start.ts';

describe('npm start', () => {
  test('lets two API servers of its own write themselves into one kubeconfig, and proves what came of it', async () => {
    const { exitCode, stdout, stderr } = await npmStart([]).ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(steps(stdout)).toEqual(done('control planes', 'build', ...FIRST_SITE, 'edge', ...PROOF));
    for (const line of stdout.split('\n').filter((step) => step.startsWith('  ✓'))) {
      expect(line).toMatch(/ \d+\.\d s$/);
    }
    expect(stdout).not.toContain('\x1b');
    const book = await openBook('README.md');
    expect(withoutSeconds(stdout)).toEqual(
      expect.arrayContaining(withoutSeconds(book.take('console', 'second run'))),
    );

    // Each site is told, written and marked as new with its own address.
    const [central, edge] = ['central', 'edge'].map(
      (site) => new RegExp(`^ +${site} +(https://127\\.0\\.0\\.1:\\d+)$`, 'm').exec(stdout)?.[1],
    );
    expect(central).not.toBe(edge);
    for (const [site, url] of Object.entries({ central, edge })) {
      expect(stdout).toContain(`wrote context "${site}" (${url}, `);
      expect(stdout).toContain(`+       server: ${url}\n      +     name: ${site}\n`);
    }
    // The first site is as it was entered, the comment too.
    expect(stdout).toContain('        # The clusters of the port. Please ask Ines before you change one.\n');
    expect(stdout).toContain('          - name: harbour      # the rack in warehouse 3\n');
    expect(stdout.match(/token: \(redacted\)/g)).toHaveLength(3);
    expect(stdout).toMatch(/22 lines added, all 378 bytes from before unchanged/);
    expect(stdout).toMatch(/central {2}system:serviceaccount:cloudify:dcae-cloudify-manager-site\n/);
    expect(stdout).toMatch(/edge {5}system:serviceaccount:multisite:edge-site\n/);
    expect(stdout).toMatch(
      /nothing to do, nothing written .*\n +the ConfigMap is still at resourceVersion \d+\n/,
    );
  });
});

/** The lines, each without what differs from run to run. */
function withoutSeconds(output: string): string[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +\d+\.\d s$/, ''));
}

describe('the command line', () => {
  test('--help', async () => {
    const { exitCode, stdout } = await start(['--help']).ended;
    expect({ exitCode, start: stdout.split('\n')[0] }).toEqual({
      exitCode: 0,
      start: 'npm start - show what cdk8s-multisite does, on real Kubernetes API servers',
    });
  });

  test.each([
    [['--nonsense'], /unknown flag --nonsense\nRun `npm start -- --help`/],
    [['--yes'], /--yes needs --context\nGive --context too/],
    [['--context='], /--context is empty/],
    [['--node', '--context=admin'], /--node and --context exclude each other\nGive one of them/],
    [['--metainit', '--node'], /--metainit and --node exclude each other\nGive one of them/],
    [['--metainit', '--context=admin'], /--metainit and --context exclude each other\nGive one of them/],
    [['--metainit', '--yes'], /--yes needs --context\nGive --context too/],
  ])('%s', async (args, message) => {
    const { exitCode, stderr } = await start(args).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});
