import { isControlPlaneBuilt } from '../../devcluster/builds/kubernetes.ts';
import { describeMissing, findMissing } from '../../devcluster/requirements.ts';
import { filtersWithoutFile } from './find-files.ts';
import { Steps } from './steps.ts';

// `npm test [-- FILE...]`: the checks that every change must pass, on a machine with Node, npm and Go.
const filters = process.argv.slice(2);

const strays = await filtersWithoutFile(filters);
if (strays.length > 0) {
  process.stderr.write(`no test file has this in its path: ${strays.join(', ')}\n`);
  process.exit(2);
}

const missing = (await isControlPlaneBuilt()) ? [] : await findMissing(['go']);
if (missing.length > 0) {
  process.stderr.write(
    `npm test builds an API server, and this machine lacks:\n${describeMissing(missing)}\n`,
  );
  process.exit(1);
}

const npm = (script: string) => ({ name: script, command: 'npm', args: ['run', '--silent', script] });
const steps = new Steps();
if ((await steps.run(npm('build'))) && (await steps.run(npm('lint')))) {
  await steps.runTests('unit', filters);
  await steps.runTests('cluster', filters);
}
process.stdout.write(steps.summary());
process.exitCode = steps.exitCode;
