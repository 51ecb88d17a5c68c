import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { createField, type Field, untilGates } from '../../../support/held-pods.ts';
import { kubeconfigOf } from '../../../support/kubeconfig-of.ts';
import { runMetainit, startMetainit } from '../../../support/metainit.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';

/** A kubeconfig file of the field's ServiceAccount, or of another token. */
async function kubeconfigFile(field: Field, token = field.token): Promise<string> {
  const file = join(field.directory, 'kubeconfig');
  await writeFile(`${file}.new`, kubeconfigOf(inject('controlPlane'), token));
  await rename(`${file}.new`, file);
  return file;
}

/** The environment of a static pod: the addresses of its cluster, and no ServiceAccount. */
function staticPodEnv({ env }: Field): Record<string, string> {
  return { ...env, SERVICE_ACCOUNT_DIRECTORY: '/nowhere' };
}

/** Nobody serves there. */
const WRONG_CLUSTER = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' };

describe.each(ENGINE_NAMES)('metainit on %s', (engine) => {
  test('connects by --kubeconfig, before the ServiceAccount of its pod', async () => {
    const field = await createField();
    await field.createPod('held');
    const args = [field.label, '--kubeconfig', await kubeconfigFile(field)];
    await startMetainit(engine, args, { ...field.env, ...WRONG_CLUSTER });
    await untilGates(field, 'held');
  });

  test('connects by KUBECONFIG if its pod has no ServiceAccount, and not if it has', async () => {
    const field = await createField();
    await field.createPod('held');
    const KUBECONFIG = await kubeconfigFile(field);
    await startMetainit(engine, [field.label], { ...staticPodEnv(field), KUBECONFIG });
    await untilGates(field, 'held');
    await startMetainit(engine, [field.label], { ...field.env, KUBECONFIG: '/nowhere/kubeconfig' });
    await field.createPod('held-too');
    await untilGates(field, 'held-too');
  });

  test('reads the kubeconfig anew when it changes', async () => {
    const field = await createField();
    const file = await kubeconfigFile(field);
    const env = staticPodEnv(field);
    const metainit = await startMetainit(engine, [field.label, `--kubeconfig=${file}`], env);
    await metainit.ready();
    await kubeconfigFile(field, 'not-a-token');
    await field.createPod('held');
    await metainit.said(/error: cannot release pod .*401/);
    await metainit.unready(/401/);
    await kubeconfigFile(field);
    await untilGates(field, 'held');
    await metainit.ready();
  });

  test('without credentials ends with 3, and says how to give some', async () => {
    const ended = await runMetainit(engine, [], {});
    expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ended.termination).toMatch(/not in a cluster.*\nRun it in a pod .*--kubeconfig or KUBECONFIG/);
    const once = await runMetainit(engine, ['--kubeconfig=/nowhere/kubeconfig', '--once'], {});
    expect(once.exitCode).toBe(3);
    expect(once.termination).toMatch(/cannot read the kubeconfig \/nowhere\/kubeconfig \(ENOENT\)/);
  });

  test('a kubeconfig that is missing at the start ends it with 3; one that goes later does not', async () => {
    const field = await createField();
    const file = await kubeconfigFile(field);
    const metainit = await startMetainit(engine, [field.label, `--kubeconfig=${file}`], {});
    await metainit.ready();
    await rm(file);
    await field.createPod('held');
    await metainit.said(/error: cannot release pod .*cannot read the kubeconfig .* \(ENOENT\)/);
    await kubeconfigFile(field);
    await untilGates(field, 'held');
    await rm(file);
    const other = await startMetainit(engine, [field.label, `--kubeconfig=${file}`], {});
    expect((await other.ended).exitCode).toBe(3);
  });

  test('refuses a KUBECONFIG of several files', async () => {
    const ended = await runMetainit(engine, ['--once'], { KUBECONFIG: '/a:/b' });
    expect(ended.exitCode).toBe(2);
    expect(ended.termination).toMatch(
      /KUBECONFIG names several files: \/a:\/b\nName one file, with --kubeconfig/,
    );
  });
});
