import { readFile, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { tokenClaims } from '../../runtime/kube/token-claims.ts';
import { whoAmI } from '../../start/written-kubeconfig.ts';
import type { Reading } from './reader.ts';

// Runs in the network of a pod, for startReader(): reads the kubeconfig that is mounted there over and over, and uses it each time,
// until the pod's process ends.
const [root = '', file = ''] = process.argv.slice(2);
const PAUSE_MS = 50;

// The network goes with the pod, and a request that is on its way then fails only after most of a minute.
setInterval(async () => {
  if (!(await isThere(root))) {
    process.exit();
  }
}, PAUSE_MS);

for (;;) {
  const reading = await readOnce();
  // What came of it does not count after the pod's end: its network may be gone, too.
  if (await isThere(root)) {
    process.send?.(reading);
  }
  await setTimeout(PAUSE_MS);
}

async function readOnce(): Promise<Reading> {
  const at = Date.now();
  try {
    const reader = new KubeConfig();
    reader.loadFromString(await readFile(`${root}${file}`, 'utf8'));
    const { expires } = tokenClaims(reader.getCurrentUser()?.token ?? '');
    const authority = Buffer.from(reader.getCurrentCluster()?.caData ?? '', 'base64').toString();
    return { at, ends: expires?.getTime() ?? 0, authority, user: await whoAmI(reader) };
  } catch (error) {
    return { problem: `${new Date(at).toISOString()} ${whyNot(error)}` };
  }
}

/** Without the headers and body of an answer, which are long. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const cause = error.cause === undefined ? '' : `: ${whyNot(error.cause)}`;
  return `${error.message.split('\n')[0]}${cause}`;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
