import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Deployment, V1Role } from '@kubernetes/client-node';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { flagsOf } from '../../runtime/cli/command.ts';
import { COMMAND } from '../../runtime/programs/multisite-init/command.ts';
import {
  CloudifyManager,
  type CloudifySystemd,
  MultisiteInit,
  MultisiteInitJob,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { checkLevel } from '../../src/private/pod-security/levels.ts';
import { allContainers, newChart, podSpec, theOnly } from '../src/manifests.ts';
import { codes, table } from './tables.ts';

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = 'docs/constructs.md';
/** Whose props the table of flags names. */
const SOURCES = [
  'multisite-init.ts',
  'multisite-init-options.ts',
  'multisite-entry-options.ts',
  'site-credential.ts',
];

function credential(name: string, scope: kplus.Deployment): SiteCredential {
  switch (name) {
    case 'podIdentity':
      return SiteCredential.podIdentity();
    case 'requested':
      return SiteCredential.requested(kplus.ServiceAccount.fromServiceAccountName(scope, 'Site', 'site'));
    case 'secret':
      return SiteCredential.secret(kplus.Secret.fromSecretName(scope, 'Token', 'token'));
    case 'file':
      return SiteCredential.file(kplus.Volume.fromEmptyDir(scope, 'Files', 'files'), {
        server: 'https://site.example',
      });
    default:
      throw new Error(`the table has ${name}, which this test does not know`);
  }
}

const credentials = await table(GUIDE, 'credential');

test('the table of credentials has all there are', () => {
  const told = credentials.map((row) => /^\w+/.exec(codes(row.credential)[0] ?? '')?.[0]);
  const factories = Object.getOwnPropertyNames(SiteCredential).filter(
    (name) => typeof Reflect.get(SiteCredential, name) === 'function' && name !== 'prototype',
  );
  expect(told.toSorted()).toEqual(factories.toSorted());
});

test.each(credentials)('$credential needs the rights that the guide says', (row) => {
  const chart = newChart('reports');
  const pod = new kplus.Deployment(chart, 'Pod', { replicas: 1, containers: [{ image: 'app' }] });
  const [name = ''] = /^\w+/.exec(codes(row.credential)[0] ?? '') ?? [];
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInit(chart, 'Init', { pod, configMap, credential: credential(name, pod) });
  const [own, ...besides] = theOnly<V1Role>(chart, 'Role').rules ?? [];
  expect(own).toMatchObject({ resources: ['configmaps'], verbs: ['get', 'patch'] });
  const told = codes(row['rights that the pod also needs']);
  expect(besides.flatMap(({ verbs, resources = [] }) => [...verbs, ...resources])).toEqual(told);
  for (const { resourceNames } of besides) {
    expect(resourceNames).toHaveLength(1);
  }
});

describe('the table of flags', async () => {
  const rows = await table(GUIDE, 'flag', 'How the program runs');

  test('has every flag once', () => {
    const told = rows.flatMap((row) => codes(row.flag)).map((flag) => flag.replace('--', ''));
    const flags = Object.keys(flagsOf(COMMAND)).filter((name) => !['help', 'version'].includes(name));
    expect(told.toSorted()).toEqual(flags.toSorted());
  });

  test('names props that exist', () => {
    const sources = SOURCES.map((file) => readFileSync(join(ROOT, 'src', file), 'utf8')).join('\n');
    for (const prop of rows.flatMap((row) => codes(row.prop))) {
      expect(sources).toMatch(new RegExp(`^  readonly ${prop}\\??:`, 'm'));
    }
  });

  test('names Helm values that exist', () => {
    const values = parse(readFileSync(join(ROOT, 'helm/cloudify-manager/values.yaml'), 'utf8'));
    for (const path of rows.flatMap((row) => codes(row['Helm value']))) {
      expect(
        path.split('.').reduce((value, key) => value?.[key], values),
        path,
      ).toEqual(expect.any(String));
    }
  });
});

/** All containers that the package adds, by name. */
function containers(systemd?: CloudifySystemd) {
  const manager = newChart('cloudify');
  new CloudifyManager(manager, 'Manager', { logShipping: {}, systemd });
  const job = newChart('cloudify');
  const site = kplus.ServiceAccount.fromServiceAccountName(job, 'Site', 'site');
  new MultisiteInitJob(job, 'Init', {
    configMap: new MultisiteKubeconfig(job, 'Kubeconfig').configMap,
    credential: SiteCredential.requested(site),
  });
  return {
    pod: theOnly<V1Deployment>(manager, 'Deployment').spec?.template.spec,
    all: [...allContainers(podSpec(manager, 'Deployment')), ...allContainers(podSpec(job, 'Job'))],
  };
}

test('the containers that pass Pod Security restricted are those that the guide says', async () => {
  const rows = await table(GUIDE, 'container');
  const passing = rows.filter((row) => row['passes `restricted`'] === 'yes');
  const told = (some: typeof rows) => some.flatMap(({ container }) => codes(container));
  const { all } = containers();
  const isPassing = (container: (typeof all)[number]) =>
    checkLevel({ spec: { containers: [container] } }, 'restricted').length === 0;
  const names = (some: typeof all) => [...new Set(some.map(({ name }) => name))].toSorted();
  expect(names(all.filter((container) => !isPassing(container)))).toEqual(['cloudify-manager']);
  expect(told(rows.filter((row) => !passing.includes(row)))).toContain('cloudify-manager');
  expect(told(passing)).toEqual(expect.arrayContaining(names(all.filter(isPassing))));
});

test('Cloudify Manager does not come as far as baseline, whatever is switched off', () => {
  const { pod } = containers({ privileged: false, hostCgroup: false, runTmpfs: false });
  const errors = checkLevel({ spec: pod ?? { containers: [] } }, 'baseline');
  expect(errors).toEqual([
    expect.stringMatching(
      /^container cloudify-manager: securityContext.capabilities.add\[0\] is "SYS_ADMIN"/,
    ),
    expect.stringMatching(/^container cloudify-manager: securityContext.seccompProfile.type is "Unconfined"/),
  ]);
});
