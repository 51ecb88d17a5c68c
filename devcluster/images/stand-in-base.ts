import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bud, commit, imageExists, run } from './containers.ts';

/** The possible base images of cloudify-manager/Dockerfile, and the stages of stand-in/Dockerfile that replace them. */
const STAGES = {
  'docker.io/cloudifyplatform/community-cloudify-manager-aio:5.1.2': 'community-cloudify-manager-aio',
  'docker.io/cloudifyplatform/community:19.01.24': 'community',
} as const;

export type BaseImage = keyof typeof STAGES;

/** The packages of both stand-ins, in addition to Debian's essential packages. */
const SUITE = 'bookworm';
const PACKAGES = [
  ...['systemd-sysv', 'usr-is-merged', 'passwd', 'mawk', 'curl', 'attr', 'libcap2-bin'],
  // The Kubernetes plugin's client.
  'python3-kubernetes',
];
/** The packages that apt installs to merge the root into /usr. It is merged already, so they are removed. */
const FOR_USRMERGE = [
  ...['usrmerge', 'libfile-find-rule-perl', 'libnumber-compare-perl', 'libtext-glob-perl'],
  ...['perl', 'perl-modules-5.36', 'libperl5.36'],
];
const LEFT_OUT = ['doc', 'info', 'locale', 'man'].map((folder) => `/usr/share/${folder}/*`);

/**
 * Creates a stand-in for one of Cloudify's images, with real systemd and the name of the original. If it was created
 * before, it comes from the store.
 */
export async function ensureStandInBase(name: BaseImage): Promise<void> {
  await bud(
    ...[`--tag=${name}`, `--target=${STAGES[name]}`],
    ...[`--build-arg=DEBIAN_WITH_SYSTEMD=${await ensureDebian()}`],
    ...[`--file=${join(import.meta.dirname, 'stand-in/Dockerfile')}`, import.meta.dirname],
  );
}

async function ensureDebian(): Promise<string> {
  const content = JSON.stringify([SUITE, PACKAGES, FOR_USRMERGE, LEFT_OUT]);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const name = `localhost/cdk8s-multisite/debian-with-systemd:${hash}`;
  if (!(await imageExists(name))) {
    await makeDebian(name);
  }
  return name;
}

async function makeDebian(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-base-'));
  try {
    const archive = join(folder, 'root.tar');
    await run('mmdebstrap', [
      ...['--quiet', '--mode=root', '--variant=essential', `--include=${PACKAGES.join(',')}`],
      '--aptopt=APT::Install-Recommends "false"',
      ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
      `--customize-hook=chroot "$1" dpkg --purge ${FOR_USRMERGE.join(' ')}`,
      ...[SUITE, archive],
    ]);
    await commit(name, archive, { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
