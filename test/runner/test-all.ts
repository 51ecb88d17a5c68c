import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installCommand, isDebian } from '../../devcluster/requirements.ts';
import { describeLacks, findLacks, parseRequest } from './check-parts.ts';
import { filtersWithoutFile } from './find-files.ts';
import { PART_NAMES, PARTS, type PartName, scheduleOf } from './parts.ts';
import { Steps } from './steps.ts';

const HELP = `Usage: npm run test:all -- [PART...] [FILE...] [--install]

Runs the tests that npm test does not run: all parts, or only the given parts. First it checks that the machine has
what the parts need. With FILE, only the files whose paths contain FILE are run.

${PART_NAMES.map((name) => `  ${name.padEnd(11)} ${PARTS[name].about}`).join('\n')}

  --install   first install what the machine lacks; only on Debian, as root
`;

await main();

async function main(): Promise<void> {
  let request: ReturnType<typeof parseRequest>;
  try {
    request = parseRequest(process.argv.slice(2));
  } catch (error) {
    return end(2, (error as Error).message);
  }
  const { help, install, parts, files } = request;
  if (help) {
    process.stdout.write(HELP);
    return;
  }

  const strays = await filtersWithoutFile(files);
  if (strays.length > 0) {
    return end(2, `no test file has this in its path: ${strays.join(', ')}`);
  }

  const steps = new Steps();
  let lacks = await findLacks(parts);
  const command = installCommand(lacks.flatMap(({ missing }) => missing));
  if (install && command !== undefined && isDebian()) {
    await steps.run({
      name: command,
      command: 'sh',
      args: ['-c', `export DEBIAN_FRONTEND=noninteractive; ${command}`],
    });
    lacks = await findLacks(parts);
  }
  if (lacks.length > 0) {
    const hint =
      command !== undefined && !install ? '\nOr install it with: npm run test:all -- --install' : '';
    return end(1, describeLacks(lacks) + hint);
  }

  if (await steps.run({ name: 'build', command: 'npm', args: ['run', '--silent', 'build'] })) {
    await runParts(steps, parts, files);
  }
  process.stdout.write(steps.summary());
  process.exitCode = steps.exitCode;
}

async function runParts(steps: Steps, parts: readonly PartName[], files: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'test-all-'));
  const { first, beside, last } = scheduleOf(parts);
  const builds = new Set(parts.flatMap((part) => PARTS[part].builds));
  const logs: string[] = [];
  const logOf = (name: string) => {
    const log = join(folder, `${name}.log`);
    logs.push(log);
    return log;
  };
  const background = beside.map((part) => runPart(steps, part, files, logOf(part)));
  if (builds.size > 0) {
    // A part that needs a program before it is built waits for it.
    const args = [process.execPath, 'devcluster/builds/main.ts', ...builds];
    background.push(steps.run({ name: 'builds', command: 'nice', args, log: logOf('builds') }));
  }
  for (const part of first) {
    await runPart(steps, part, files);
  }
  await Promise.all(background);
  for (const log of logs) {
    process.stdout.write(await readFile(log, 'utf8'));
  }
  await rm(folder, { recursive: true });
  for (const part of last) {
    await runPart(steps, part, files);
  }
}

function runPart(steps: Steps, part: PartName, files: readonly string[], log?: string): Promise<boolean> {
  return steps.runTests(part, files, { log, ...(part === 'node' && { reporter: 'verbose' }) });
}

function end(exitCode: number, message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
