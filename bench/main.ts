import { progressTo } from '../devcluster/progress.ts';
import { runMain } from '../start/run-main.ts';
import { HELP, parseCommandLine } from './command-line.ts';
import { benchInit } from './init.ts';
import { benchPod } from './pod/bench.ts';
import { podText } from './pod/text.ts';
import { benchSynth } from './synth/bench.ts';
import { synthText } from './synth/text.ts';
import { textReport } from './text-report.ts';

async function main(args: readonly string[], interrupted: AbortSignal): Promise<void> {
  const { help, rounds, json, only, attachments } = parseCommandLine(args);
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
