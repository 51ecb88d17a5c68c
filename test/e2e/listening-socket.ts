import { createServer } from 'node:net';

// Runs in the network of the node, for listenInNode(): listens at an address, and hands the socket over.
const [address] = process.argv.slice(2);
const server = createServer();
server.listen(0, address, () => process.send?.('listening', server, undefined, leave));

/** Or this process would go on accepting some of the connections. */
function leave(): void {
  server.close();
  process.disconnect();
}
