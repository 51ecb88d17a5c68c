import { Server } from 'node:net';
import { runSupervisor } from '../control-plane/run-supervisor.ts';
import { type LaunchNodeOptions, launchNode } from './launch-node.ts';

// Runs inside the namespaces that isolate.sh prepared. The first message of start-node.ts has the options and the
// socket that listens outside.
const [options, server] = await firstMessage();
if (!(server instanceof Server)) {
  throw new Error('there is no socket: start this with startNode()');
}
await runSupervisor((_onProgress, ending) => launchNode(options, server, ending));
process.exit(); // does not wait for components that were still starting when another failed

async function firstMessage(): Promise<[LaunchNodeOptions, unknown]> {
  return new Promise((resolve) =>
    process.once('message', (options: LaunchNodeOptions, handle) => resolve([options, handle])),
  );
}
