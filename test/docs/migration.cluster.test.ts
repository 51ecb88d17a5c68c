import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { expect, inject } from 'vitest';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { createAccount, tokenIn } from '../support/accounts.ts';
import { allow } from '../support/allow.ts';
import { runMultisiteInit } from '../support/multisite-init.ts';
import { OTHERS } from '../support/other-sites.ts';
import { CONFIG_MAP, createSite, type Site } from '../support/site.ts';
import { prove } from './migration.ts';

const NODE = 'node';

/** Of which a run has written the document. */
async function writtenSite(): Promise<Site> {
  const site = await createSite();
  expect(await site.run(NODE)).toMatchObject({ exitCode: 0 });
  return site;
}

prove({
  'What the init container does': {
    '`KUBERNETES_SERVICE_HOST`, `KUBERNETES_SERVICE_PORT`': async () => {
      const site = await writtenSite();
      expect((await site.kubeconfig()).clusters[0].cluster.server).toBe(inject('controlPlane').url);
      expect(await site.run(NODE, [], { KUBERNETES_SERVICE_HOST: '' })).toMatchObject({ exitCode: 3 });
    },
    'one cluster and one context named by the location, one user, `preferences: {}`': async () => {
      const kubeconfig = await (await writtenSite()).kubeconfig();
      expect(kubeconfig).toMatchObject({ apiVersion: 'v1', kind: 'Config', preferences: {} });
      expect(kubeconfig.clusters).toEqual([expect.objectContaining({ name: 'central' })]);
      expect(kubeconfig.contexts).toEqual([
        { name: 'central', context: { cluster: 'central', user: 'user00' } },
      ]);
      expect(kubeconfig.users).toEqual([expect.objectContaining({ name: 'user00' })]);
    },
    '`current-context` is the location': async () => {
      const site = await writtenSite();
      expect((await site.kubeconfig())['current-context']).toBe('central');
      await site.setDocument(OTHERS);
      await site.run(NODE);
      expect((await site.kubeconfig())['current-context']).toBe('edge');
      await site.setDocument(OTHERS.replace('current-context: edge', 'current-context: nowhere'));
      await site.run(NODE);
      expect((await site.kubeconfig())['current-context']).toBe('central');
    },
    'the CA as `certificate-authority-data`, white space around it stripped': async () => {
      const site = await createSite();
      await writeFile(join(site.directory, 'ca.crt'), `\n ${inject('controlPlane').ca}\n\n`);
      await site.run(NODE);
      const data = (await site.kubeconfig()).clusters[0].cluster['certificate-authority-data'];
      expect(Buffer.from(data, 'base64').toString()).toBe(inject('controlPlane').ca.trim());
    },
    'the token inline': async () => {
      const site = await writtenSite();
      expect(await tokenIn(site)).toBe(site.token);
    },
    'one PATCH of `data[key]`; the ConfigMap is never created': async () => {
      const site = await writtenSite();
      const { data, metadata } = await site.configMap();
      expect(Object.keys(data ?? {})).toEqual(['kubeconfig']);
      expect(metadata?.managedFields?.at(-1)).toMatchObject({
        manager: 'cdk8s-multisite',
        operation: 'Update',
      });
      const core = site.kubeConfig.makeApiClient(CoreV1Api);
      await core.deleteNamespacedConfigMap({ namespace: site.namespace, name: CONFIG_MAP });
      expect(await site.run(NODE, ['--wait=1s'])).toMatchObject({ exitCode: 5 });
      await expect(site.configMap()).rejects.toMatchObject({ code: 404 });
    },
  },
  Defects: {
    'every start erases the remote sites that were added in the meantime': async () => {
      const site = await createSite();
      await site.setDocument(OTHERS);
      expect(await site.run(NODE)).toMatchObject({ exitCode: 0 });
      const lines = (await site.document()).split('\n');
      expect(lines).toEqual(expect.arrayContaining(OTHERS.trim().split('\n')));
      expect(await tokenIn(site, 'edge')).toBe('theirs');
    },
    'no retry and no timeout': async () => {
      const site = await createSite();
      const { exitCode, stderr } = await site.run(NODE, ['--timeout=2s'], {
        KUBERNETES_SERVICE_PORT: String(await freePort()),
      });
      expect(exitCode).toBe(6);
      expect(stderr).toContain('trying again');
    },
    'the last writer wins': async () => {
      const site = await createSite();
      const names = ['berlin', 'rome', 'oslo'];
      const runs = names.map((name) => site.run(NODE, [`--location=${name}`, `--user=${name}`]));
      for (const { exitCode } of await Promise.all(runs)) {
        expect(exitCode).toBe(0);
      }
      const { contexts } = await site.kubeconfig();
      expect(contexts.map(({ name }: { name: string }) => name).sort()).toEqual(names.sort());
    },
    'only the API server reports a missing `--namespace`': async () => {
      expect(await runMultisiteInit(NODE, [])).toMatchObject({
        exitCode: 2,
        termination: expect.stringContaining('--namespace'),
      });
    },
    'errors are stack traces of Python': async () => {
      const site = await createSite();
      await site.setDocument('clusters: [');
      const { exitCode, stderr, termination } = await site.run(NODE);
      expect(exitCode).toBe(7);
      // What went wrong, and what to do.
      expect(termination.trim().split('\n')).toHaveLength(2);
      expect(stderr).not.toMatch(/^ +at |Traceback/m);
    },
    "the token is the pod's own, and ends with the pod or earlier": async () => {
      const site = await createSite();
      await createAccount(site, 'deployer');
      await allow(site, 'serviceaccounts/token', 'deployer', 'create');
      const flags = ['--token-source=request', '--service-account=deployer', '--log-format=json'];
      const { stdout } = await site.run(NODE, flags);
      expect(JSON.parse(stdout)).not.toHaveProperty('tokenEndsWithPod');
      expect(await tokenIn(site)).not.toBe(site.token);
    },
  },
});
