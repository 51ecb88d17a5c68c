import { inNode } from './in-node.ts';
import { API_PORT, POD_RANGE } from './node/network.ts';

const TABLE = 'cut-off';

/** Keeps the pods of the node from its API server, all but those at the given addresses; returns what lets them reach it again. */
export async function cutOffPods(except: readonly string[]): Promise<() => Promise<void>> {
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
