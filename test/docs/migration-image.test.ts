import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { BASES } from '../cloudify-manager/bases.ts';
import { type Proofs, prove, testedIn } from './migration.ts';

const ROOT = join(import.meta.dirname, '../..');
const TESTS = 'test/cloudify-manager';
const IMAGE = `${TESTS}/image.container.test.ts`;
const SYSTEMD = `${TESTS}/systemd.container.test.ts`;
const VOLUME = `${TESTS}/volume.container.test.ts`;
const START = `${TESTS}/start-persistent.container.bats`;

const bases: readonly string[] = BASES.map(({ base }) => base);

const THE_IMAGE: Proofs = {
  'base `cloudifyplatform/community`, 18.7.23 and 19.01.24': () => {
    expect(bases).toContain('docker.io/cloudifyplatform/community:19.01.24');
  },
  'base `cloudifyplatform/community-cloudify-manager-aio:5.1.2`': async () => {
    const dockerfile = await readFile(join(ROOT, 'cloudify-manager/Dockerfile'), 'utf8');
    expect(bases).toContain(/^ARG BASE_IMAGE=(.*)$/m.exec(dockerfile)?.[1]);
  },
  'import rules for two repositories in Nexus, to `file:///opt/manager/resources/onapspec`': testedIn({
    [IMAGE]: ["has the import resolver's rules, and the rest of the configuration byte for byte"],
    [`${TESTS}/load-import-rules.bats`]: [
      "adds the rules before the manager's own, and has the REST service read them",
    ],
  }),
  'the type files in `/opt/manager/resources/onapspec`': testedIn({
    [IMAGE]: [
      "has each type file where blueprints' imports lead, for the manager's user",
      'a type file that is not the listed one fails the build, and the message says which and what to do',
    ],
    [`${TESTS}/fetch-type-files.bats`]: [
      "each line of the image's manifest has a path below resources, a version, a commit and a checksum",
    ],
  }),
  "Cloudify 3.4's `/opt/manager/resources/spec/cloudify/3.4/types.yaml`, owner `cfyuser`": testedIn({
    [IMAGE]: ['has the types of Cloudify 3.4 beside its own, in folders of the same owner'],
  }),
  '`/opt/onap` of `cfyuser`, into which `config.txt` is mounted': testedIn({
    [IMAGE]: ['has the mount point of its configuration, its command, and what starts with systemd'],
  }),
  '`start-persistent.sh`, which ends in `exec /sbin/init --log-target=journal 3>&1`': testedIn({
    [START]: ['becomes init, the first process, with its standard output as descriptor 3'],
  }),
  "four persisted directories: PostgreSQL's, the resources, plugins and deployments": testedIn({
    [START]: ['the directories of 18.x and 19.x'],
  }),
  'eight persisted directories, from `/var/lib` to `/opt/restservice`': testedIn({
    [`${TESTS}/prepare-persistence.container.bats`]: ['a base of 5.1.x'],
  }),
  'nothing at `/cfy-persist`: a message, and nothing is kept': testedIn({
    [START]: ['without a volume: says so, and the manager finds what the image has'],
  }),
  'an empty volume: each directory is copied to it': testedIn({
    [START]: ['the first start copies every directory as it is, and links to the copies'],
    [`${TESTS}/start-persistent-volume.container.bats`]: [
      'too small for the first copy: nothing is copied',
      'a copy that takes long says how far it is',
    ],
  }),
  'a volume with data: it is used': testedIn({
    [VOLUME]: [
      'is copied as it was in the image, and is there again in a new container',
      'of the original image is taken over',
    ],
    [`${TESTS}/start-persistent-adoption.container.bats`]: [
      'whole, and used by a manager: taken over as it is',
      "cut off in a directory: refused, until told to have the image's",
    ],
  }),
  'the directory moved to `<dir>-initial`, and a link in its place': testedIn({
    [IMAGE]: ['has links in the place of the directories that a volume keeps, and all that was in them'],
  }),
  '`setup-secret.sh`: a link to `/secret` if there is no token, after `/sbin/init`': testedIn({
    [START]: ['the token at /secret is linked before init starts'],
    [SYSTEMD]: [
      'is linked where systemd hides its mount by a /run of its own, and a renewed one is seen',
      'stays what it is where its mount is visible',
    ],
  }),
  '`docker run` with cgroups, tmpfs, kubeconfig and `config.txt`': testedIn({
    [SYSTEMD]: ['starts it to a running systemd, with links, secret, kubeconfig and configuration in place'],
  }),
  '`/scripts/readiness-check.sh`': testedIn({
    [SYSTEMD]: ['is ready while all services run, and says which do not'],
  }),
  "the admin's password: a mounted one goes to `config.yaml`; without a mounted one it is `admin`": testedIn({
    [SYSTEMD]: [
      'is that of the mounted Secret, from the first start on, and nothing shows it',
      'is admin where no Secret is mounted, as it was',
    ],
  }),
  'HTTPS with the certificates at `/opt/onap/certs`': testedIn({
    [`${TESTS}/enable-tls.bats`]: [
      'switches HTTPS on, with the mounted files, under the name of the machine',
      'does nothing without certificates, or with a CA alone',
    ],
  }),
};

const DEFECTS: Proofs = {
  'a restart of the container moves the link into `<dir>-initial`': testedIn({
    [START]: ['a restart of the container, with the links in place, changes nothing'],
  }),
  'a new volume with `lost+found` counts as filled: nothing is copied, and every link is broken': testedIn({
    [START]: ['a volume that holds lost+found alone is empty'],
  }),
  'an interrupted copy counts as complete for ever': testedIn({
    [`${TESTS}/start-persistent-kill.container.bats`]: [
      'killed at twenty moments of the first copy: nothing is lost, nothing is half',
    ],
    [VOLUME]: ['is whole, or filled again, after a SIGKILL at any moment of the first copy'],
  }),
  "a newer image's type files are hidden by the volume's": testedIn({
    [VOLUME]: ['is kept by a newer image, whose type files are seen'],
  }),
  'nothing keeps two containers from using one volume': testedIn({
    [VOLUME]: ['is of one container at a time'],
  }),
};

prove({ 'The image': THE_IMAGE, 'Defects of the image': DEFECTS });
