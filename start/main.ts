import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { apply, describe } from './apply.ts';
import { CleanUpError } from './clean-up-error.ts';
import { type CommandLine, HELP, parseCommandLine, UsageError } from './command-line.ts';
import {
  flagOf,
  initContainer,
  type ProgramResult,
  podAccount,
  runInitProgram,
  siteAccount,
} from './init-program.ts';
import { showManager, startOwnNode } from './manager-on-node.ts';
import { only, synthesize } from './manifests.ts';
import { startOwnControlPlane } from './own-control-plane.ts';
import { runMain } from './run-main.ts';
import { requestToken, writeServiceAccount } from './service-account.ts';
import { createSteps, type Steps } from './steps.ts';
import type { Target } from './target.ts';
import { userCluster } from './user-cluster.ts';
import { describeContexts, readWrittenKubeconfig, whoAmI } from './written-kubeconfig.ts';

async function main(args: readonly string[], interrupted: AbortSignal): Promise<void> {
  const { help, context, yes, node } = parseCommandLine(args);
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  process.stdout.write(`The main job, on a real Kubernetes ${node ? 'node' : 'API server'}:\n\n`);
  const steps = createSteps(process.stdout, () => performance.now());
  if (node) {
    await onOwnNode(steps, interrupted);
  } else {
    await inFolder((folder) => onApiServer(steps, { context, yes }, folder, interrupted));
  }
  process.stdout.write(
    '\nThat is the whole job. What next: README.md, and `npm run synth` for the manifests.\n',
  );
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'multisite-start-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onOwnNode(steps: Steps, interrupted: AbortSignal): Promise<void> {
  const node = await startOwnNode(steps, interrupted);
  const cleanUp = async () => {
    await node.stop();
    return 'node stopped: its processes, mounts, cgroups and networks are gone';
  };
  await cleaningUp(steps, { cleanUp }, () => showManager(steps, node, interrupted));
}

async function onApiServer(
  steps: Steps,
  { context, yes }: Pick<CommandLine, 'context' | 'yes'>,
  folder: string,
  interrupted: AbortSignal,
): Promise<void> {
  const target =
    context === undefined
      ? await ownTarget(steps, interrupted)
      : await usersTarget(context, yes, interrupted);
  await cleaningUp(steps, target, async () => {
    await steps.run('namespace', async () => ({ said: await target.prepare(), value: undefined }));
    await mainJob(steps, target, folder, interrupted);
  });
}

/** Whatever becomes of the work, the target is left as it was, or it is said what is not; the first error counts too. */
async function cleaningUp(
  steps: Steps,
  target: Pick<Target, 'cleanUp'>,
  work: () => Promise<void>,
): Promise<void> {
  const failed = await work().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  try {
    await steps.run('clean up', async () => ({ said: await target.cleanUp(), value: undefined }));
  } catch (error) {
    const first = failed === undefined ? '' : `${failed.message}\n`;
    throw new CleanUpError(`${first}${(error as Error).message}`);
  }
  if (failed) {
    throw failed;
  }
}

function ownTarget(steps: Steps, interrupted: AbortSignal): Promise<Target> {
  return steps.run('control plane', async () => {
    const target = await startOwnControlPlane(interrupted);
    return { said: `etcd and kube-apiserver ${target.version} on ${target.url}`, value: target };
  });
}

async function usersTarget(context: string, yes: boolean, interrupted: AbortSignal): Promise<Target> {
  const target = userCluster(context);
  const plan = `In the cluster of context "${context}" (${target.url}) this creates namespace ${target.namespace} with two
ConfigMaps, two ServiceAccounts, a Role and a RoleBinding, and deletes exactly these at the end.`;
  process.stdout.write(`${plan}\n`);
  if (!yes && !(await confirm(interrupted))) {
    throw new UsageError('nothing was created');
  }
  return target;
}

async function confirm(interrupted: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError('there is no terminal to ask on: say --yes');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // A terminal in raw mode sends Ctrl-C to the prompt instead of the process.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test(await terminal.question('Go on? [y/N] ', { signal: interrupted }));
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
    return { said: `${value.length} objects for namespace ${target.namespace}`, value };
  });

  await steps.run('apply', async () => {
    const wanted = objects.filter(target.wants);
    for (const object of wanted) {
      interrupted.throwIfAborted();
      target.created(await apply(target.kubeConfig, object));
    }
    return { said: `${wanted.length} objects, server-side`, details: wanted.map(describe), value: undefined };
  });

  const deployment = only(objects, 'Deployment');
  const account = podAccount(deployment);
  const pod = {
    host: target.host,
    port: target.port,
    serviceAccountDirectory: join(folder, 'serviceaccount'),
  };
  await steps.run('credentials', async () => {
    const token = await requestToken(target.kubeConfig, target.namespace, account);
    await writeServiceAccount(pod.serviceAccountDirectory, token, target.ca);
    return { said: `a token of the pod's ServiceAccount ${account}`, value: undefined };
  });

  const container = initContainer(deployment);
  await steps.run('multisite-init', async () => {
    const result = succeeded(await runInitProgram(container, pod, interrupted));
    if (!result.stdout.startsWith('wrote ')) {
      throw new Error(`expected it to write, but: ${result.stdout}`);
    }
    return { said: (container.args ?? []).slice(0, 3).join(' '), details: lines(result), value: undefined };
  });

  const written = await steps.run('contexts', async () => {
    const configMap = flagOf(container, 'configmap');
    const key = flagOf(container, 'key');
    const value = await readWrittenKubeconfig(target.kubeConfig, target.namespace, configMap, key);
    return { said: `in ConfigMap ${configMap}`, details: describeContexts(value), value };
  });

  await steps.run('proof', async () => {
    const identity = await whoAmI(written);
    if (identity !== `system:serviceaccount:${target.namespace}:${siteAccount(container)}`) {
      throw new Error(`the written kubeconfig authenticates as ${identity}`);
    }
    return {
      said: 'the API server answers that kubeconfig:',
      details: [`you are ${identity}`],
      value: undefined,
    };
  });

  await steps.run('second run', async () => {
    const result = succeeded(await runInitProgram(container, pod, interrupted));
    if (!result.stdout.startsWith('nothing to do')) {
      throw new Error(`expected nothing to do, but: ${result.stdout}`);
    }
    return { said: 'nothing to do, nothing written', value: undefined };
  });
}

function succeeded(result: ProgramResult): ProgramResult {
  if (result.exitCode !== 0) {
    throw new Error(`multisite-init ended with ${result.exitCode}:\n${result.stderr}`);
  }
  return result;
}

function lines({ stdout, stderr }: ProgramResult): string[] {
  return `${stderr}\n${stdout}`.split('\n').map((line) => line.replace(/^multisite-init: /, ''));
}

await runMain(main);
