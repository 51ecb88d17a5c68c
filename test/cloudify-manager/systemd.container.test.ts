import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { PODMAN, run, ulimits } from '../../devcluster/images/containers.ts';
import { openBook } from '../docs/book.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { BASES, buildManagerImages, RULES } from './bases.ts';
import { ManagerContainer, newVolume, WITHOUT_RUN } from './manager-container.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const API = 'http://localhost/api/v3.1';

beforeAll(buildManagerImages);

/** What a volume of Kubernetes has: the file is a link into a folder that is replaced as a whole. */
async function mountedSecret(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  const write = async (version: string, contents: Readonly<Record<string, string>>) => {
    await mkdir(join(folder, version));
    for (const [name, content] of Object.entries(contents)) {
      await writeFile(join(folder, version, name), content);
    }
    await symlink(version, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  for (const name of Object.keys(files)) {
    await symlink(join('..data', name), join(folder, name));
  }
  await write('..1', files);
  return { folder, replace: (contents: Readonly<Record<string, string>>) => write('..2', contents) };
}

async function file(content: string): Promise<string> {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, content);
  return path;
}

describe.each(BASES)("the original's docker run line on $release", ({ image, persisted }) => {
  test('starts it to a running systemd, with links, secret, kubeconfig and configuration in place', async () => {
    const volume = await newVolume();
    const { folder: secret } = await mountedSecret({ token: 'of the pod', 'ca.crt': 'ca' });
    const manager = await ManagerContainer.start(image, {
      mounts: {
        '/etc/cloudify/.kube/config': await file('a kubeconfig\n'),
        '/opt/onap/config.txt': await file('[consul]\naddress=consul-server:8500\n'),
        '/secret': `${secret}:ro`,
        '/cfy-persist': volume,
      },
    });
    expect(await manager.systemState(), await manager.log()).toBe('running');
    await manager.untilReady();
    expect(await manager.bash(`readlink ${persisted.join(' ')}`)).toBe(
      persisted.map((path) => `/cfy-persist${path}`).join('\n'),
    );
    expect(await manager.bash('cat /proc/1/comm; cat /etc/cloudify/.kube/config /opt/onap/config.txt')).toBe(
      'systemd\na kubeconfig\n[consul]\naddress=consul-server:8500',
    );
    expect(await manager.bash(`cat ${SERVICE_ACCOUNT}/{token,ca.crt}; readlink ${SERVICE_ACCOUNT}`)).toBe(
      'of the podca/secret',
    );

    await manager.stop();
    await manager.start();
    expect(await manager.systemState(), await manager.log()).toBe('running');
    await manager.untilReady();
    const initial = persisted.map((path) => `${path}-initial`).join(' ');
    expect(await manager.bash(`find ${initial} -lname '/cfy-persist/*'`)).toBe('');
    expect(await manager.bash(`cat /etc/cloudify/.kube/config ${SERVICE_ACCOUNT}/token`)).toBe(
      'a kubeconfig\nof the pod',
    );
  });

  test('runs without a volume, and says that the data will be lost', async () => {
    const manager = await ManagerContainer.start(image);
    expect(await manager.systemState()).toBe('running');
    await manager.untilReady();
    expect(await manager.log()).toMatch(/nothing is mounted at \/cfy-persist.*lost/);
    expect(await manager.bash(`ls -d ${SERVICE_ACCOUNT} || true`)).toBe('');
  });

  test('is ready while all services run, and says which do not', async () => {
    const manager = await ManagerContainer.start(image);
    const readiness = () => manager.bash('/scripts/readiness-check.sh && echo ready || true');
    await manager.untilReady();
    await manager.exec('systemctl', 'stop', 'cloudify-mgmtworker.service');
    expect(await readiness()).toMatch(/Management Worker/);
    await manager.exec('systemctl', 'stop', 'cloudify-restservice.service');
    expect(await readiness()).toMatch(/not/);
    await manager.exec('systemctl', 'start', 'cloudify-restservice.service', 'cloudify-mgmtworker.service');
    await manager.untilReady();
  });
});

test.each(BASES)("the documentation's podman line starts $release, without a capability", async (base) => {
  const line = (await openBook('docs/cloudify-manager.md')).take('sh', 'podman run');
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'kubeconfig'), 'a kubeconfig\n');
  await writeFile(join(folder, 'config.txt'), '[consul]\n');
  const options = line
    .trim()
    .replace(/^podman run --detach --name \S+ /, '')
    .replace(/ \S+$/, '')
    .replaceAll('./', `${folder}/`)
    .replace('cloudify-data', await newVolume());
  const manager = await ManagerContainer.start(base.image, { options: options.split(' ') });
  expect(await manager.systemState(), await manager.log()).toBe('running');
  await manager.untilReady();
  expect(await manager.bash('cat /etc/cloudify/.kube/config /opt/onap/config.txt')).toBe(
    'a kubeconfig\n[consul]',
  );
  expect(await manager.exec('readlink', base.persisted[1])).toBe(`/cfy-persist${base.persisted[1]}`);
});

test('on a host with cgroup v2, too', async () => {
  const [{ image }] = BASES;
  const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');
  // The hierarchy has no controllers where version 1 has them.
  const options = [
    ...['--network=none', '--systemd=always', '--image-volume=ignore', '--pids-limit=0'],
    ...(await ulimits()),
  ];
  // All in one mount namespace, which has nothing else at /sys/fs/cgroup.
  const script = `
    mount --make-rprivate /
    umount --recursive --lazy /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    in_store() { podman ${quoted(PODMAN)} "$@"; }
    container=$(in_store run --detach --pull=never ${quoted(options)} ${image})
    trap 'in_store rm --force --time=0 $container >/dev/null' EXIT
    until in_store exec $container /scripts/readiness-check.sh >/dev/null 2>&1; do sleep 0.2; done
    in_store exec $container systemctl is-system-running`;
  expect(await run('timeout', ['60', 'unshare', '--mount', 'bash', '-euc', script])).toBe('running');
});

test.each(BASES)(
  "says that the volume of $release's base hides the cgroups, before systemd ends",
  async (base) => {
    const options = ['--systemd=false', '--security-opt=seccomp:unconfined', '--cap-add=SYS_ADMIN'];
    const manager = await ManagerContainer.start(base.image, { options });
    expect(await manager.exitCode()).toBe(255);
    expect(await manager.log()).toMatch(
      /a volume hides the cgroups at \/sys\/fs\/cgroup.*systemd\.hostCgroup/,
    );
  },
);

test.each(BASES)(
  "the running manager of $release has the image's import rules in its database",
  async (base) => {
    const manager = await ManagerContainer.start(base.image);
    const database = async () =>
      JSON.parse(await manager.exec('cat', '/var/lib/pgsql/9.5/data/provider-context.json'));
    await vi.waitFor(
      async () => {
        const { rules } = (await database()).CONTEXT.cloudify.import_resolver.parameters;
        expect(rules).toEqual(expect.arrayContaining([...RULES]));
      },
      { timeout: 60_000, interval: 500 },
    );
  },
);

describe('the token of the pod', () => {
  const [{ image }] = BASES;

  test('is linked where systemd hides its mount by a /run of its own, and a renewed one is seen', async () => {
    const [pod, secret] = [await mountedSecret({ token: 'hidden' }), await mountedSecret({ token: 'first' })];
    const manager = await ManagerContainer.start(image, {
      options: WITHOUT_RUN,
      mounts: { [SERVICE_ACCOUNT]: `${pod.folder}:ro`, '/secret': `${secret.folder}:ro` },
    });
    await manager.untilReady();
    expect(
      await manager.bash(`findmnt --noheadings --output=FSTYPE /run; cat ${SERVICE_ACCOUNT}/token`),
    ).toBe('tmpfs\nfirst');
    await secret.replace({ token: 'second' });
    expect(await manager.bash(`cat ${SERVICE_ACCOUNT}/token`)).toBe('second');
  });

  test('stays what it is where its mount is visible', async () => {
    const [pod, secret] = [
      await mountedSecret({ token: 'visible' }),
      await mountedSecret({ token: 'other' }),
    ];
    const manager = await ManagerContainer.start(image, {
      mounts: { [SERVICE_ACCOUNT]: `${pod.folder}:ro`, '/secret': `${secret.folder}:ro` },
    });
    await manager.untilReady();
    expect(await manager.bash(`cat ${SERVICE_ACCOUNT}/token; test ! -L ${SERVICE_ACCOUNT}`)).toBe('visible');
  });
});

describe("the admin's password", () => {
  const [aio, community] = BASES;
  const asAdmin = (password: string) =>
    `curl --silent --user 'admin:${password}' --output /dev/null --write-out '%{http_code}' ${API}/status`;

  test('is that of the mounted Secret, from the first start on, and nothing shows it', async () => {
    const password = `a|b&c\\1 "d" 'e' #f: $g`;
    const quoted = password.replaceAll("'", `'\\''`);
    const { folder } = await mountedSecret({ password });
    const manager = await ManagerContainer.start(aio.image, {
      mounts: { '/opt/onap/cm-secrets': `${folder}:ro`, '/cfy-persist': await newVolume() },
    });
    await manager.untilReady();
    expect(await manager.bash(asAdmin(quoted))).toBe('200');
    expect(await manager.bash(asAdmin('admin'))).toBe('401');
    expect(await manager.log()).not.toContain('a|b');
    expect(await manager.bash('journalctl --no-pager')).not.toContain('a|b');
  });

  test('is admin where no Secret is mounted, as it was', async () => {
    const manager = await ManagerContainer.start(aio.image);
    await manager.untilReady();
    expect(await manager.bash(asAdmin('admin'))).toBe('200');
  });

  test('of a base that is configured at its own build cannot be given: it does not start', async () => {
    const { folder } = await mountedSecret({ password: 'new' });
    const manager = await ManagerContainer.start(community.image, {
      mounts: { '/opt/onap/cm-secrets': `${folder}:ro` },
    });
    expect(await manager.exitCode()).toBe(1);
    expect(await manager.log()).toMatch(/unmount \/opt\/onap\/cm-secrets/);
  });
});
