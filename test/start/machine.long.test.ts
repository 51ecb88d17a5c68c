import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { RELEASES } from '../../devcluster/builds/kubernetes-releases.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { NODE, start, steps } from './start.ts';

// What `npm start` says on a machine that has nothing built, and cannot build it.

const OR_ASSETS = `or set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver, kubectl, for example: export KUBEBUILDER_ASSETS="$(setup-envtest use ${RELEASES.main.version} -p path)"`;
const INSTALL_GO = `To fix this: install Go 1.26 or newer, ${OR_ASSETS}`;
const NOT_BUILT = `etcd for Kubernetes ${RELEASES.main.version} could not be built`;

test('without Go', async () => {
  expect(await startWith(await machine())).toBe(
    `${NOT_BUILT}: there is no \`go\` on the PATH\n${INSTALL_GO}`,
  );
});

test('with a Go that is too old to fetch a newer one', async () => {
  expect(await startWith(await machine('1.20.14', 'auto'))).toBe(
    `${NOT_BUILT}: the \`go\` on the PATH is Go 1.20, which is too old\n${INSTALL_GO}`,
  );
});

test('with a Go that may not fetch a newer one', async () => {
  expect(await startWith(await machine('1.24.4', 'local'))).toBe(
    `${NOT_BUILT}: the \`go\` on the PATH is Go 1.24, which is too old\n${INSTALL_GO}`,
  );
});

test('without a network', async () => {
  const env = await machine();
  const GOMODCACHE = join(env.XDG_CACHE_HOME, 'modules');
  // Nobody listens on port 1; by its own PATH it finds the real Go.
  const said = await startWith({
    ...env,
    PATH: process.env.PATH ?? '',
    GOMODCACHE,
    GOPROXY: 'https://127.0.0.1:1',
  });
  expect(said).toMatch(`${NOT_BUILT}: its Go modules cannot be downloaded: `);
  expect(said).toMatch(/127\.0\.0\.1:1: connect: connection refused\n/);
  expect(said).toContain(
    `\nTo fix this: connect this machine to the network (Go obeys HTTPS_PROXY, and GOPROXY for a mirror of Go modules), ${OR_ASSETS}`,
  );
});

/** The environment of a machine with empty caches, whose `go`, if it has one, is of another release. */
async function machine(go?: string, toolchain?: string) {
  const folder = await temporaryFolder();
  const commands = join(folder, 'bin');
  await mkdir(commands);
  if (go !== undefined) {
    const script = `#!/bin/sh\ncase $1 in version) echo go version go${go} linux/amd64 ;; env) echo ${toolchain} ;; *) exit 9 ;; esac\n`;
    await writeFile(join(commands, 'go'), script, { mode: 0o755 });
  }
  const PATH = [commands, dirname(NODE), '/usr/bin', '/bin'].join(delimiter);
  return { PATH, XDG_CACHE_HOME: join(folder, 'cache'), TMPDIR: folder, KUBEBUILDER_ASSETS: '' };
}

/** @returns what it says at the end, after it has left nothing behind */
async function startWith(env: Awaited<ReturnType<typeof machine>> & Readonly<Record<string, string>>) {
  const { exitCode, stdout, stderr } = await start([], env).ended;
  expect(exitCode).toBe(1);
  expect(steps(stdout)).toEqual(['✗ control planes']);
  expect((await readdir(env.TMPDIR)).sort()).toEqual(['bin', 'cache']);
  return stderr.slice(stderr.indexOf(NOT_BUILT)).trimEnd();
}
