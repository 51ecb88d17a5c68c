import { execFile, execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { COMPLETION } from '../../../runtime/cli/completion.ts';
import { parseCommandLine } from '../../../runtime/cli/parse-command-line.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { SITES } from './fixtures/table.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** How each shell is asked, in a folder with the script, for what may stand where a command line ends. */
const ASK: Readonly<Record<Shell, (line: string) => string>> = {
  // As readline does: the words, cut at equals signs too.
  bash: (line) => `source ./script
    COMP_WORDS=(${line
      .replaceAll('=', ' = ')
      .split(' ')
      .map((word) => `'${word}'`)
      .join(' ')})
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    compopt() { :; } # it wants a completion that readline began
    _sites
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  // In a terminal of its own, as it completes nowhere else: the program shows what Tab made of the line.
  zsh: (line) => `zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "PS1= RPS1=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source ./script"
    zpty -w shell "sites() { print -r -- "'"<$*>"; }; setopt menu_complete; echo RE""ADY'
    zpty -r -m shell output '*READY*'
    zpty -w -n shell ${quoted(`${line}\t`)}
    zpty -w shell ' ; echo EN""D'
    zpty -r -m shell output '*END*'
    print -r -- "\${\${output##*$'\\n'<}%%>*}"`,
  fish: (line) => `source ./script
    complete -C ${quoted(line)} | string split -f 1 \\t
    true`,
};

function quoted(text: string): string {
  return `'${text}'`;
}

function isInstalled(shell: Shell): boolean {
  try {
    execFileSync(shell, ['-c', 'exit 0']);
    return true;
  } catch {
    return false;
  }
}

/** Bash is everywhere; the others where somebody uses them. */
const SHELLS = (['bash', 'zsh', 'fish'] as const).filter((shell) => shell === 'bash' || isInstalled(shell));

const NO_STARTUP_FILES = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] };

async function complete(shell: Shell, line: string): Promise<string[]> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'charts'));
  await writeFile(join(folder, 'central.yaml'), '');
  const { values } = parseCommandLine(COMPLETION, [shell]);
  await writeFile(join(folder, 'script'), COMPLETION.print?.(SITES, values) ?? '');
  const { stdout } = await promisify(execFile)(shell, [...NO_STARTUP_FILES[shell], '-c', ASK[shell](line)], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TERM: 'dumb' },
  });
  return stdout.split('\n').filter((word) => word !== '');
}

describe.each(SHELLS.filter((shell) => shell !== 'zsh'))('%s completes', (shell) => {
  test.each([
    ['sites a', ['add']],
    ['sites token r', ['rotate']],
    ['sites completion z', ['zsh']],
    ['sites add --sour', ['--source']],
    ['sites add --source ', ['mounted', 'request']],
    ['sites add berlin --log-format j', ['json']],
    ['sites token rotate --f', ['--force']],
    ['sites list --f', []],
    ['sites add --namespace c', []],
    ['sites add --file ce', ['central.yaml']],
    ['sites add -f ce', ['central.yaml']],
  ])('%j', async (line, words) => {
    expect(await complete(shell, line)).toEqual(words);
  });

  test('all commands', async () => {
    const words = await complete(shell, 'sites ');
    expect(words).toEqual(expect.arrayContaining(['add', 'list', 'token', 'completion']));
    expect(words).not.toContain('rotate');
  });

  test('a value behind an equals sign', async () => {
    const words = await complete(shell, 'sites add --source=r');
    expect(words.map((word) => word.replace('--source=', ''))).toEqual(['request']);
  });

  test('folders alone for a folder', async () => {
    expect((await complete(shell, 'sites add --folder c')).map((word) => word.replace('/', ''))).toEqual([
      'charts',
    ]);
  });
});

describe.each(SHELLS.filter((shell) => shell === 'zsh'))('%s completes', (shell) => {
  test.each([
    ['sites a', 'add'],
    ['sites token r', 'token rotate'],
    ['sites completion z', 'completion zsh'],
    ['sites add --sour', 'add --source'],
    ['sites add --source=r', 'add --source=request'],
    ['sites add berlin --log-format j', 'add berlin --log-format json'],
    ['sites list --f', 'list --f'],
    ['sites add --file ce', 'add --file central.yaml'],
    ['sites add --folder c', 'add --folder charts'],
    ['sites add --namespace c', 'add --namespace c'],
  ])('%j', async (line, whole) => {
    expect(await complete(shell, line)).toEqual([whole]);
  });
});
