import { styleText } from 'node:util';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { describeRef } from '../../kube/data-objects.ts';
import { createKubeconfigRedactor } from '../../kubeconfig/redact-kubeconfig.ts';
import type { Options } from './options.ts';
import { facts } from './result.ts';
import type { Outcome } from './run.ts';

/** The output of a dry run. */
export function showPlan(
  outcome: Outcome,
  { before, after }: NonNullable<Outcome['planned']>,
  options: Options,
  colours: boolean,
): string {
  const { target, key, logFormat } = options;
  const name = `${describeRef(target)}, key ${key}`;
  const text = diff(name, before, after);
  if (logFormat === 'json') {
    return JSON.stringify({ result: 'would write', ...facts(outcome, options), diff: text });
  }
  return `${colours ? coloured(text) : text}\ndry run: nothing was written to ${name}`;
}

/** The change of a document as a unified diff, without credentials. */
export function diff(name: string, before: string, after: string): string {
  const redact = createKubeconfigRedactor();
  const from = before === '' ? '/dev/null' : name;
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(from, name, redact(before), redact(after), '', '', options).trimEnd();
}

/** The diff with the colours of `git diff`. */
export function coloured(text: string): string {
  return text.split('\n').map(colouredLine).join('\n');
}

function colouredLine(line: string): string {
  const colour = colourOf(line);
  // The caller has already checked the terminal and NO_COLOR.
  return colour === undefined ? line : styleText(colour, line, { validateStream: false });
}

function colourOf(line: string): 'bold' | 'cyan' | 'green' | 'red' | undefined {
  if (/^(---|\+\+\+) /.test(line)) {
    return 'bold';
  }
  if (line.startsWith('@@')) {
    return 'cyan';
  }
  if (line.startsWith('+')) {
    return 'green';
  }
  return line.startsWith('-') ? 'red' : undefined;
}
