import { copyFile, cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { commit, imageExists, run } from './containers.ts';

/** The content of a base image. The image gets the name in the Dockerfile's FROM. */
interface BaseImage {
  /** `FROM <name>` starts with this; the tag is the Dockerfile's. */
  readonly repository: string;
  readonly packages: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Adds the files that are not from a Debian package. */
  readonly complete: (root: string) => Promise<void>;
}

/**
 * The two base images, made of Debian packages and npm's Node. So a test needs no image registry, and builds the same
 * Dockerfile as users. The images have only what the Dockerfile uses of the originals.
 */
const BASE_IMAGES: readonly BaseImage[] = [
  {
    repository: 'docker.io/library/node',
    packages: [
      ...['base-files', 'coreutils', 'dash', 'gcc-12-base', 'libacl1', 'libattr1', 'libc6', 'libgcc-s1'],
      ...['libgmp10', 'libpcre2-8-0', 'libselinux1', 'libssl3', 'libstdc++6'],
    ],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      // The build uses the same downloads as this machine, so it trusts the same CAs.
      NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
    },
    complete: addNode,
  },
  {
    repository: 'gcr.io/distroless/base-nossl-debian12',
    packages: ['base-files', 'libc6', 'netbase', 'tzdata'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    complete: async () => {},
  },
];

/** Creates the base images of a Dockerfile that are not in the store yet. */
export async function ensureBaseImages(dockerfile: string): Promise<void> {
  for (const [, name] of dockerfile.matchAll(/^FROM (\S+)/gm)) {
    if (name === undefined || (await imageExists(name))) {
      continue;
    }
    const image = BASE_IMAGES.find(({ repository }) => name.startsWith(`${repository}:`));
    if (!image) {
      throw new Error(
        `the Dockerfile starts from ${name}, which is unknown: describe this base image in devcluster/images/base-images.ts`,
      );
    }
    await make(name, image);
  }
}

async function make(name: string, { packages, env, complete }: BaseImage): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'base-image-'));
  try {
    const root = join(folder, 'root');
    await unpackDebianPackages(packages, folder, root);
    await complete(root);
    await commit(name, root, env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Unpacks Debian packages into the new folder `root`. `folder` is for intermediate files. */
export async function unpackDebianPackages(
  packages: readonly string[],
  folder: string,
  root: string,
): Promise<void> {
  const debs = join(folder, 'debs');
  await mkdir(debs);
  await mkdir(root);
  await run('apt-get', ['download', ...packages], { cwd: debs }).catch((error) => {
    throw new Error(
      `could not download the Debian packages of the base images: run \`apt-get update\` on Debian. ${error.message}`,
    );
  });
  for (const deb of await readdir(debs)) {
    await run('dpkg-deb', ['--extract', join(debs, deb), root]);
  }
}

async function addNode(root: string): Promise<void> {
  const local = join(root, 'usr/local');
  const node = createRequire(import.meta.url).resolve(`node-linux-${process.arch}/bin/node`);
  await mkdir(join(local, 'lib/node_modules'), { recursive: true });
  await mkdir(join(local, 'bin'), { recursive: true });
  await copyFile(node, join(local, 'bin/node'));
  await cp(await npmFolder(), join(local, 'lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  // Debian's maintainer scripts would create this file.
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true });
  await copyFile('/etc/ssl/certs/ca-certificates.crt', join(root, 'etc/ssl/certs/ca-certificates.crt'));
}

/** The folder of this machine's npm package. */
async function npmFolder(): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const command = await realpath(join(folder, 'npm')).catch(() => undefined);
    if (command?.endsWith('/npm/bin/npm-cli.js')) {
      return dirname(dirname(command));
    }
  }
  throw new Error('found no npm on the PATH to put into the base image');
}
