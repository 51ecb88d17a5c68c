import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { MANIFEST_FOLDER } from '../../devcluster/node/kubelet.ts';
import {
  KUBERNETES_FOLDER,
  onMachine,
  onNode,
  readyMirrorPod,
  removeStaticPod,
  writeKubeadmFolder,
} from '../e2e/static-pod.ts';
import { canI } from '../src/kubectl.ts';
import { openBook } from './book.ts';
import { adminOf, sitDown } from './desk.ts';

// What docs/metainit-static-pod.md tells to type, in this order, on the node of test/e2e.

const ROOT = join(import.meta.dirname, '../..');
const STATIC_POD = 'metainit-static-pod';
const HOME = '/var/lib/operator';

const book = await openBook('docs/metainit-static-pod.md');

/** The folders that the node shares with the machine: here each script has empty ones of its own. */
const OWN_FOLDERS = `
  for folder in /usr/local/sbin /etc/systemd/system; do
    mkdir --parents "/var/lib/own$folder"
    mount --bind "/var/lib/own$folder" "$folder"
  done`;

/** No systemd runs on the node: its service is verified, and its command is run. */
const WITHOUT_SYSTEMD = `
  export SYSTEMD_OFFLINE=1
  systemctl() {
    case "$1 $2" in
      'daemon-reload '*) ;;
      'start metainit-certificate.service')
        systemd-analyze verify /etc/systemd/system/metainit-certificate.{service,timer}
        "$(sed -n 's/^ExecStart=//p' /etc/systemd/system/metainit-certificate.service)" ${KUBERNETES_FOLDER} ;;
      *) command systemctl "$1" "\${@:3}" ;;
    esac
  }`;

/** Where an administrator of the cluster sits. */
const sit = () => sitDown({ central: adminOf(inject('node')) });

/** Types a block as root of the node. */
function typeOnNode(block: string): Promise<string> {
  const script = block
    .replaceAll('/etc/kubernetes/manifests/metainit.yaml', `${MANIFEST_FOLDER}/${STATIC_POD}.yaml`)
    .replaceAll('systemctl daemon-reload', 'systemctl daemon-reload ""');
  const quoted = `'${`set -euo pipefail; cd ${HOME}${OWN_FOLDERS}${WITHOUT_SYSTEMD}\n${script}`.replaceAll("'", `'\\''`)}'`;
  return onNode(`unshare --mount bash -c ${quoted}`);
}

beforeAll(async () => {
  await writeKubeadmFolder();
  await mkdir(onMachine(HOME));
  await cp(join(ROOT, 'metainit-static-pod'), join(onMachine(HOME), 'metainit-static-pod'), {
    recursive: true,
  });
  await cp(join(ROOT, 'dist/metainit-static-pod/manifests'), onMachine(HOME), { recursive: true });
});

afterAll(() => rm(onMachine(HOME), { recursive: true }));

test('installs it', async () => {
  const desk = await sit();
  book.take('sh', 'npm run synth'); // test/src/metainit-static-pod-dist.test.ts runs it
  expect(await desk.type(book.take('sh', 'kubectl apply'))).toContain('clusterrolebinding');
  expect(await typeOnNode(book.take('bash', 'install metainit-static-pod/'))).toContain(
    'wrote /var/lib/metainit',
  );
  const wanted = '/var/lib/own/etc/systemd/system/timers.target.wants';
  expect(await onNode(`ls ${wanted}`)).toBe('metainit-certificate.timer');
  await typeOnNode(book.take('bash', 'install --mode=0600 metainit.k8s.yaml'));
});

test('verifies it', async () => {
  const desk = await sit();
  await readyMirrorPod(STATIC_POD);
  expect(await desk.type(book.take('sh', 'kubectl get pods'))).toMatch(/1\/1 +Running/);
  const shown = await typeOnNode(book.take('bash', 'curl --silent'));
  expect(shown).toMatch(/^metainit_client_certificate_expiration_timestamp_seconds \d+$/m);
});

test('finds the manifest folder', async () => {
  const find = book.take('bash', 'staticPodPath');
  const yaml = `staticPodPath: ${MANIFEST_FOLDER}\n`;
  const found = await typeOnNode(
    `printf '${yaml}' >kubelet.yaml\n${find.replace('/var/lib/kubelet/config.yaml', 'kubelet.yaml')}`,
  );
  expect(found).toBe(MANIFEST_FOLDER);
});

test('makes the certificate by a CertificateSigningRequest', async () => {
  const desk = await sit();
  await desk.type(book.take('bash', 'openssl req'));
  const kubeconfig = await readFile(join(desk.folder, 'kubeconfig'), 'utf8');
  expect(kubeconfig).toContain('client-certificate-data');
  await cp(join(desk.folder, 'kubeconfig'), join(onMachine(HOME), 'kubeconfig'));
  await typeOnNode(book.take('bash', 'kubeconfig /var/lib/metainit/.kubeconfig.new'));
  expect(
    await desk.type(`KUBECONFIG=$PWD/kubeconfig kubectl auth whoami -o jsonpath={.status.userInfo.username}`),
  ).toBe('metainit');
  await desk.type('kubectl delete csr metainit');
});

test('removes it', async () => {
  const desk = await sit();
  await typeOnNode(book.take('bash', 'rm /etc/kubernetes/manifests'));
  await removeStaticPod(STATIC_POD);
  expect(await onNode('find /var/lib/own -name "metainit*"')).toBe('');
  await expect(onNode('ls /var/lib/metainit')).rejects.toThrow('No such file');
  await desk.type(book.take('sh', 'kubectl delete'));
  expect(await canI(['list', 'pods', '-A', '--as=metainit'])).toBe(false);
  expect(book.rest('sh', 'bash')).toEqual([]);
});
