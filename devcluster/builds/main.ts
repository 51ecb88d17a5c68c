import { parseArgs } from 'node:util';
import { progressTo } from '../progress.ts';
import { BUILD_GROUPS, buildAll } from './build-all.ts';

const HELP = `Usage: node devcluster/builds/main.ts [GROUP...]

Builds what is not in the cache yet, before anybody waits for it: ${BUILD_GROUPS.join(', ')} (default: all of them).
`;

const { values, positionals } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
});
const ending = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(event, () => ending.abort());
}
if (values.help) {
  process.stdout.write(HELP);
} else {
  const unknown = positionals.find((name) => !BUILD_GROUPS.some((group) => group === name));
  if (unknown !== undefined) {
    process.stderr.write(`there is no group ${unknown}: there are ${BUILD_GROUPS.join(', ')}\n`);
    process.exitCode = 2;
  } else {
    const asked = BUILD_GROUPS.filter((group) => positionals.length === 0 || positionals.includes(group));
    await buildAll(asked, progressTo(process.stderr), ending.signal).catch((error: Error) => {
      process.stderr.write(ending.signal.aborted ? '' : `${error.message}\n`);
      process.exitCode = 1;
    });
  }
}
