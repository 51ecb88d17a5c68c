import { delimiter, dirname } from 'node:path';

/**
 * The whole environment of a measured synth. It has this Node, the machine's npx, and a home without a configuration.
 * It has no variables from `npm run`.
 */
export function synthEnvironment(home: string): Readonly<Record<string, string>> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  // `npm run` puts this project's commands on the PATH, which the other project must not find.
  const machines = folders.filter((folder) => !folder.includes('node_modules'));
  return {
    PATH: [dirname(process.execPath), ...machines].join(delimiter),
    HOME: home,
    // npm sometimes looks for a newer npm, and would wait for the network.
    npm_config_update_notifier: 'false',
  };
}
