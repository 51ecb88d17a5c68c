import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { PODMAN, run } from '../../devcluster/images/containers.ts';
import { build, listedTypeFiles, mirrored, prepareBuild } from '../../devcluster/images/manager-image.ts';
import { BASES, buildManagerImages, RULES } from './bases.ts';
import { listing } from './listing.ts';
import { inImage } from './manager-container.ts';

const CONFIG = '/etc/cloudify/config.yaml';
beforeAll(buildManagerImages);

describe.each(BASES)('the image on $release', ({ release, base, image, persisted }) => {
  test("has the import resolver's rules, and the rest of the configuration byte for byte", async () => {
    const [before, after] = await Promise.all(
      [base, image].map((name) => inImage(name, `cat ${CONFIG}; echo; stat --format=%U:%G:%a ${CONFIG}`)),
    );
    const rules = (text: string | undefined) =>
      parse((text ?? '').replace(/\n.*$/, '')).provider_context.import_resolver.parameters.rules;
    expect(rules(after)).toEqual(expect.arrayContaining([...RULES, ...rules(before)]));
    expect(rules(after)).toHaveLength(RULES.length + rules(before).length);
    const added = (line: string) => RULES.some((rule) => line.includes(Object.keys(rule)[0] ?? ''));
    expect(after?.split('\n').filter((line) => !added(line))).toEqual(before?.split('\n'));
  });

  test("has each type file where blueprints' imports lead, for the manager's user", async () => {
    const typeFiles = await listedTypeFiles();
    const show = (path: string) =>
      `cd /opt/manager/resources; stat --dereference --format='%n %U:%G %a' ${path}; cat ${path}`;
    expect(await inImage(image, typeFiles.map(({ path }) => show(path)).join('\n'))).toBe(
      typeFiles
        .map(({ path, content }) => `${path} cfyuser:cfyuser 644\n${content}`)
        .join('')
        .trim(),
    );
  });

  test('has the types of Cloudify 3.4 beside its own, in folders of the same owner', async () => {
    const folder = '/opt/manager/resources/spec/cloudify';
    const version = release === '5.1.2' ? '5.1.2' : '4.5.5';
    expect(
      await inImage(image, `stat --format='%n %U:%G' ${folder}/3.4 ${folder}/3.4/* ${folder}/${version}/*`),
    ).toBe(
      [
        `${folder}/3.4 cfyuser:cfyuser`,
        `${folder}/3.4/types.yaml cfyuser:cfyuser`,
        `${folder}/${version}/types.yaml cfyuser:cfyuser`,
      ].join('\n'),
    );
  });

  test('has the mount point of its configuration, its command, and what starts with systemd', async () => {
    expect(await inImage(image, 'stat --format=%U:%G /opt/onap')).toBe('cfyuser:cfyuser');
    const inspected = await run('podman', [...PODMAN, 'image', 'inspect', image]);
    expect(JSON.parse(inspected)[0].Config).toMatchObject({
      Cmd: ['/scripts/start-persistent.sh'],
      StopSignal: 'SIGRTMIN+3',
    });
    expect(await inImage(image, 'systemctl is-enabled setup-secret.service')).toBe('enabled');
    expect(await inImage(image, 'ls -d /scripts/*.sh; ! ls -d /build')).toContain(
      '/scripts/readiness-check.sh',
    );
  });

  test('has links in the place of the directories that a volume keeps, and all that was in them', async () => {
    expect(await inImage(image, `readlink ${persisted.join(' ')}`)).toBe(
      persisted.map((path) => `${path}-initial`).join('\n'),
    );
    const listed = (name: string, suffix: string) =>
      inImage(name, persisted.map((path) => listing(path + suffix, ['config.yaml'])).join('\n'));
    const [before, after] = await Promise.all([listed(base, ''), listed(image, '-initial')]);
    expect(before).toContain('user.origin="cloudify');
    expect(before).toContain('security.capability=');
    expect(after.split('\n')).toEqual(expect.arrayContaining(before.split('\n')));
  });
});

test('a type file that is not the listed one fails the build, and the message says which and what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'image-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [changed, ...others] = await listedTypeFiles();
  if (!changed) {
    throw new Error('type-files.tsv is empty');
  }
  const [{ base }] = BASES;
  // Not what the store has from another build.
  const typeFiles = [{ ...changed, content: `# ${folder}\n` }, ...others];
  const prepared = await prepareBuild(folder, typeFiles);
  await writeFile(mirrored(prepared.mirror, changed.url), 'somebody else wrote this\n');
  await expect(build('localhost/cdk8s-multisite/cloudify-manager:broken', base, prepared)).rejects.toThrow(
    new RegExp(`${changed.path}: .* has the SHA-256 [0-9a-f]{64}, and .* says [0-9a-f]{64}: .*\n`),
  );
});
