import { Server } from 'node:net';
import { runSupervisor } from '../control-plane/run-supervisor.ts';
import { type LaunchNodeOptions, launchNode } from './launch-node.ts';

// Runs inside of the namespaces that isolate.sh prepared, for start-node.ts, whose first message says what to start, and hands
// over the socket that listens outside.
const [options, server] = await firstMessage();
if (!(server instanceof Server)) {
  throw new Error('there is no socket: start this by startNode()');
}
await runSupervisor((_onProgress, ending) => launchNode(options, server, ending));
process.exit(); // without waiting for what was still starting when something else failed

async function firstMessage(): Promise<[LaunchNodeOptions, unknown]> {
  return new Promise((resolve) =>
    process.once('message', (options: LaunchNodeOptions, handle) => resolve([options, handle])),
  );
}
