import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import { usageFailure } from '../runtime/cli/failure.ts';
import { apply, describe } from './apply.ts';
import { startBuild, waitForBuild } from './build.ts';
import { cleaningUp } from './cleaning-up.ts';
import type { CommandLine } from './command-line.ts';
import { prepareEdge } from './edge-site.ts';
import { flagOf, initContainer, podAccount, runInitProgram, siteAccount } from './init-program.ts';
import { only, synthesize } from './manifests.ts';
import { startOwnControlPlanes } from './own-control-planes.ts';
import { outputOf } from './pod-program.ts';
import { requestToken, writeServiceAccount } from './service-account.ts';
import { enterByHand, type Site, showPromise } from './show-promise.ts';
import type { Steps } from './steps.ts';
import type { Target } from './target.ts';
import { userCluster } from './user-cluster.ts';
import { type DocumentRef, inContext, whoAmI } from './written-kubeconfig.ts';

/**
 * Shows the main job on API servers without nodes. multisite-init runs as a process of this machine, in the same way as
 * in a pod.
 *
 * @param folder for temporary files
 */
export async function showOnApiServers(
  steps: Steps,
  { context, yes }: Pick<CommandLine, 'context' | 'yes'>,
  folder: string,
  interrupted: AbortSignal,
): Promise<void> {
  const build = startBuild(interrupted);
  try {
    const target =
      context === undefined
        ? await ownTarget(steps, interrupted)
        : await usersTarget(context, yes, interrupted);
    await cleaningUp(steps, target.cleanUp, async () => {
      await waitForBuild(steps, build);
      await target.prepare(steps);
      await mainJob(steps, target, folder, interrupted);
    });
  } finally {
    await build.stop();
  }
}

function ownTarget(steps: Steps, interrupted: AbortSignal): Promise<Target> {
  return steps.run('control planes', async (onProgress) => {
    const target = await startOwnControlPlanes(onProgress, interrupted);
    return {
      summary: `two, each with etcd and kube-apiserver ${target.version}`,
      details: [`central  ${target.url}`, `edge     ${target.edge?.url}`],
      value: target,
    };
  });
}

async function usersTarget(context: string, yes: boolean, interrupted: AbortSignal): Promise<Target> {
  const target = userCluster(context);
  const plan = `In the cluster of context "${context}" (${target.url}), npm start creates namespace ${target.namespace} with two
ConfigMaps, two ServiceAccounts, a Role and a RoleBinding. At the end it deletes exactly these objects.`;
  process.stdout.write(`${plan}\n`);
  if (!yes && !(await confirm(interrupted))) {
    throw usageFailure('nothing was created', 'Answer y to continue, or give --yes.');
  }
  return target;
}

async function confirm(interrupted: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw usageFailure('there is no terminal for the question', 'Give --yes to continue without a question.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // A terminal in raw mode sends Ctrl-C to the prompt instead of the process.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test(await terminal.question('Continue? [y/N] ', { signal: interrupted }));
  } finally {
    terminal.close();
  }
}

async function mainJob(
  steps: Steps,
  target: Target,
  folder: string,
  interrupted: AbortSignal,
): Promise<void> {
  const objects = await steps.run('synth', async () => {
    const value = await synthesize(target.namespace, join(folder, 'dist'), { signal: interrupted });
    return { summary: `${value.length} objects for namespace ${target.namespace}`, value };
  });
  await applyManifests(steps, target, objects, interrupted);

  const deployment = only(objects, 'Deployment');
  const container = initContainer(deployment);
  const document: DocumentRef = {
    kubeConfig: target.kubeConfig,
    namespace: target.namespace,
    configMap: flagOf(container, 'configmap'),
    key: flagOf(container, 'key'),
  };
  await enterByHand(steps, document);
  const { sites } = await steps.run('credentials', async () => {
    const central = await prepareCentral(target, deployment, folder, interrupted);
    const edge =
      target.edge &&
      (await prepareEdge({ own: target.edge, central: target, document, folder, interrupted }));
    return {
      summary: edge ? 'tokens for the program in central and in edge' : "a token of the pod's ServiceAccount",
      value: { sites: edge ? [central, edge] : [central] },
    };
  });
  await showPromise(steps, document, sites);
}

async function applyManifests(
  steps: Steps,
  target: Target,
  objects: readonly KubernetesObject[],
  interrupted: AbortSignal,
): Promise<void> {
  await steps.run('apply', async () => {
    const wanted = objects.filter(target.wants);
    for (const object of wanted) {
      interrupted.throwIfAborted();
      target.created(await apply(target.kubeConfig, object));
    }
    return {
      summary: `${wanted.length} objects, server-side`,
      details: wanted.map(describe),
      value: undefined,
    };
  });
}

/** Writes the files that the pod of the manifests would have, so that the program can run here. */
async function prepareCentral(
  { kubeConfig, namespace, host, port, ca }: Target,
  deployment: KubernetesObject,
  folder: string,
  interrupted: AbortSignal,
): Promise<Site> {
  const serviceAccountDirectory = join(folder, 'serviceaccount');
  const token = await requestToken(kubeConfig, namespace, podAccount(deployment));
  await writeServiceAccount(serviceAccountDirectory, token, ca);
  const container = initContainer(deployment);
  const name = flagOf(container, 'location');
  const register = async () =>
    outputOf(await runInitProgram(container, { host, port, serviceAccountDirectory }, interrupted));
  return {
    name,
    how: 'with only the rights of its pod',
    account: `system:serviceaccount:${namespace}:${siteAccount(container)}`,
    register,
    registerAgain: register,
    whoAmI: (kubeconfig) => whoAmI(inContext(kubeconfig, name)),
  };
}
