import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { buildManagerImage, listedTypeFiles } from '../../devcluster/images/manager-image.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { BASES, buildManagerImages } from './bases.ts';
import { listing } from './listing.ts';
import { inImage, ManagerContainer, newVolume } from './manager-container.ts';

const BLUEPRINT = 'http://localhost/api/v3.1/blueprints/bp1';
const ADDED = 'onapspec/k8splugin/9.9.9/k8splugin_types.yaml';
const CHANGED = 'onapspec/k8splugin/1.4.13/k8splugin_types.yaml';
/** What the manager changes when it runs. */
const CHANGES = ['provider-context.json', 'rest-security.conf', '.configured', 'starts'];

const newer = (image: string) => `${image}-newer`;

beforeAll(async () => {
  await buildManagerImages();
  const typeFiles = (await listedTypeFiles()).map((file) =>
    file.path === CHANGED ? { ...file, content: '# corrected\n' } : file,
  );
  const added = { path: ADDED, version: '9.9.9', url: 'https://types.example/new.yaml', content: '# new\n' };
  for (const { image, base } of BASES) {
    await buildManagerImage(newer(image), { base, typeFiles: [...typeFiles, added] });
  }
});

async function startOn(volume: string, image: string): Promise<ManagerContainer> {
  const manager = await ManagerContainer.start(image, { mounts: { '/cfy-persist': volume } });
  await manager.untilReady();
  return manager;
}

const putBlueprint = (manager: ManagerContainer) =>
  manager.bash(
    `curl --silent --fail --retry 5 --retry-all-errors --request PUT --data 'a blueprint' ${BLUEPRINT}`,
  );
const getBlueprint = (manager: ManagerContainer) =>
  manager.bash(`curl --silent --fail --retry 5 --retry-all-errors ${BLUEPRINT}`);

/** What a container's image has of the persisted directories, and its volume has not. */
async function missing(manager: ManagerContainer, persisted: readonly string[]): Promise<string[]> {
  const listed = async (path: string) => (await manager.bash(listing(path, CHANGES))).split('\n');
  const lost: string[] = [];
  for (const path of persisted) {
    const kept = new Set(await listed(`/cfy-persist${path}`));
    lost.push(...(await listed(`${path}-initial`)).filter((line) => !kept.has(line)));
  }
  return lost;
}

describe.each(BASES)('the data of $release', ({ image, persisted }) => {
  test('is copied as it was in the image, and is there again in a new container', async () => {
    const volume = await newVolume();
    // As a new ext4 file system has it.
    await mkdir(join(volume, 'lost+found'), { mode: 0o700 });
    const first = await startOn(volume, image);
    expect(await missing(first, persisted)).toEqual([]);
    await putBlueprint(first);
    await first.remove();

    const second = await startOn(volume, image);
    expect(await getBlueprint(second)).toBe('a blueprint');
    expect(await second.bash('wc --lines </var/lib/pgsql/9.5/data/starts')).toBe('2');
    expect(await second.log()).not.toContain('copying');
  });

  test('is kept by a newer image, whose type files are seen', async () => {
    const volume = await newVolume();
    const older = await startOn(volume, image);
    await putBlueprint(older);
    await older.remove();

    const upgraded = await startOn(volume, newer(image));
    expect(await getBlueprint(upgraded)).toBe('a blueprint');
    expect(await upgraded.bash(`cd /opt/manager/resources; cat ${ADDED} ${CHANGED}`)).toBe(
      '# new\n# corrected',
    );
  });

  test('of the original image is taken over', async () => {
    const volume = await newVolume();
    const copies = persisted.map(
      (path) => `mkdir -p /cfy-persist${path}; cp -rp ${path}/. /cfy-persist${path}`,
    );
    const original = await inImage(image, [...copies, 'echo done'].join('\n'), [
      `--volume=${volume}:/cfy-persist`,
    ]);
    expect(original).toBe('done');
    const manager = await startOn(volume, image);
    expect(await manager.log()).toMatch(/taking over \/cfy-persist\/opt\/manager/);
    await putBlueprint(manager);
    expect(await getBlueprint(manager)).toBe('a blueprint');
  });

  test('does not fit on the volume: it says how much is missing, and nothing starts', async () => {
    const options = ['--mount=type=tmpfs,destination=/cfy-persist,tmpfs-size=2m'];
    const manager = await ManagerContainer.start(image, { more: options });
    expect(await manager.exitCode()).toBe(1);
    expect(await manager.log()).toMatch(/takes \d+ MiB, and \d MiB are free: make room/);
  });
});

describe('the volume', () => {
  const [{ image, persisted }] = BASES;

  test('is of one container at a time', async () => {
    const volume = await newVolume();
    const first = await startOn(volume, image);
    const second = await ManagerContainer.start(image, { mounts: { '/cfy-persist': volume } });
    expect(await second.exitCode()).toBe(1);
    expect(await second.log()).toMatch(/another container uses the volume/);
    await first.bash('systemctl daemon-reexec && systemctl is-system-running');
    await second.start();
    expect(await second.exitCode()).toBe(1);

    await first.kill();
    await second.start();
    await second.untilReady();
  });

  test('is whole, or filled again, after a SIGKILL at any moment of the first copy', async () => {
    const volume = await newVolume();
    const state = join(volume, '.start-persistent');
    const whole = async () => (await readdir(join(state, 'whole'))).length;
    for (const copied of [0, 1, 3, 5, 7]) {
      const manager = await ManagerContainer.create(image, { mounts: { '/cfy-persist': volume } });
      const pid = await manager.init();
      await manager.start();
      // While the next directory is being copied.
      const isCopying = async () => {
        expect(await whole()).toBeGreaterThanOrEqual(copied);
        await access(join(state, 'copying'));
      };
      await vi.waitFor(isCopying, { interval: 1, timeout: 60_000 });
      process.kill(pid, 'SIGKILL');
      expect(await manager.exitCode()).toBe(137);
      await manager.remove();
    }
    const manager = await startOn(volume, image);
    expect(await missing(manager, persisted)).toEqual([]);
    await putBlueprint(manager);
    expect(await getBlueprint(manager)).toBe('a blueprint');
  });

  test('that is read-only ends the container with what to do', async () => {
    const manager = await ManagerContainer.start(image, {
      mounts: { '/cfy-persist': `${await newVolume()}:ro` },
    });
    expect(await manager.exitCode()).toBe(1);
    expect(await manager.log()).toMatch(/cannot write to the volume .*Read-only.*mount it read-write/);
  });

  test("that the manager's users cannot enter ends the container with what to do", async () => {
    const manager = await ManagerContainer.start(image, {
      mounts: { '/cfy-persist': await temporaryFolder() },
    });
    expect(await manager.exitCode()).toBe(1);
    expect(await manager.log()).toMatch(/chmod/);
  });
});
