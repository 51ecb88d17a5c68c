import { progressTo } from '../devcluster/progress.ts';
import { ExitCode } from '../runtime/cli/exit-code.ts';
import { Failure } from '../runtime/cli/failure.ts';
import { runMain } from '../start/run-main.ts';
import { HELP, parseCommandLine } from './command-line.ts';
import { benchInit } from './init.ts';
import { benchMetainit } from './metainit/bench.ts';
import { metainitText } from './metainit/text.ts';
import { benchPod } from './pod/bench.ts';
import { podText } from './pod/text.ts';
import { benchRegression, regressions } from './regression/bench.ts';
import { regressionText } from './regression/text.ts';
import { benchSynth } from './synth/bench.ts';
import { synthText } from './synth/text.ts';
import { textReport } from './text-report.ts';

async function main(args: readonly string[], interrupted: AbortSignal): Promise<void> {
  const { help, rounds, json, only, attachments, pods, baseline } = parseCommandLine(args);
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const onProgress = progressTo(process.stderr);
  if (only === 'pod') {
    const pod = await benchPod(rounds, onProgress, interrupted);
    process.stdout.write(json ? `${JSON.stringify({ pod }, undefined, 2)}\n` : podText(pod));
    return;
  }
  if (only === 'metainit') {
    const metainit = await benchMetainit(rounds, pods, onProgress, interrupted);
    process.stdout.write(json ? `${JSON.stringify({ metainit }, undefined, 2)}\n` : metainitText(metainit));
    return;
  }
  if (only === 'regression') {
    if (baseline === undefined) {
      throw new Failure(
        ExitCode.usage,
        '--only=regression needs --baseline',
        'Give the folder of another checkout.',
      );
    }
    const report = await benchRegression(rounds, baseline, onProgress, interrupted);
    process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : regressionText(report));
    process.exitCode = regressions(report).length === 0 ? 0 : 1;
    return;
  }
  const init = only === 'synth' ? undefined : await benchInit(rounds, onProgress, interrupted);
  if (init && !json) {
    process.stdout.write(textReport(init));
  }
  const synth = only === 'init' ? undefined : await benchSynth(rounds, attachments, onProgress, interrupted);
  if (synth && !json) {
    process.stdout.write(`${init ? '\n' : ''}${synthText(synth)}`);
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...init, ...(synth && { synth }) }, undefined, 2)}\n`);
  }
}

await runMain(main);
