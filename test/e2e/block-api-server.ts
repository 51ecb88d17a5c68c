import { API_PORT, POD_RANGE } from '../../devcluster/node/network.ts';
import { inNode } from './in-node.ts';

const TABLE = 'block-api-server';

/** Keeps the API server from the pods of the node, all but those at the given addresses; returns what lets them reach it again. */
export async function blockApiServer(except: readonly string[]): Promise<() => Promise<void>> {
  await inNode(
    'nft',
    `table ip ${TABLE} {
      chain input {
        type filter hook input priority filter;
        ip saddr ${POD_RANGE} ip saddr != { ${except.join(', ')} } tcp dport ${API_PORT} drop
      }
    }`,
  );
  // Whether or not it was done before.
  return async () => void (await inNode('nft', `add table ip ${TABLE}; delete table ip ${TABLE}`));
}
