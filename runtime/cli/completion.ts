import { type Command, type Flag, flagsOf, HELP_FLAG } from './command.ts';
import { parseOneOf } from './parse-values.ts';

const SCRIPTS = { bash, zsh, fish };

type Shell = keyof typeof SCRIPTS;
const SHELLS = Object.keys(SCRIPTS) as Shell[];

/** The script that makes a shell complete a program. */
function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](program);
}

/** The subcommand that prints that script. */
export const COMPLETION: Command = {
  name: 'completion',
  summary: 'print the completion script of a shell',
  positionals: [{ name: 'SHELL', help: 'bash, zsh or fish', choices: SHELLS, required: true }],
  sections: [{ title: 'Flags', flags: { help: HELP_FLAG } }],
  print: (root, values) => completionScript(values.argument('SHELL', parseOneOf(SHELLS)), root),
};

/** A command of the program, with the words that lead to it. */
interface Place {
  readonly command: Command;
  readonly words: readonly string[];
}

/** The program itself first, and each command before its subcommands. */
function placesOf(command: Command, words: readonly string[] = [command.name]): Place[] {
  const subcommands = command.subcommands ?? [];
  return [{ command, words }, ...subcommands.flatMap((next) => placesOf(next, [...words, next.name]))];
}

/** `--name` and `-n`. */
function spellings(name: string, { short }: Flag): string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

/** A word that can come next, if no flag waits for its value. */
interface Candidate {
  readonly word: string;
  readonly help: string;
}

function wordsAt({ command }: Place): Candidate[] {
  const { subcommands = [], positionals = [] } = command;
  return [
    ...subcommands.map(({ name, summary }) => ({ word: name, help: summary })),
    ...positionals.flatMap(({ choices = [], name }) => choices.map((word) => ({ word, help: name }))),
  ];
}

function flagsAt({ command }: Place): Candidate[] {
  return Object.entries(flagsOf(command)).map(([name, { help }]) => ({
    word: `--${name}`,
    help: firstLine(help),
  }));
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** The arms of a shell's `case` that complete the values of flags, by place and flag. `value` returns the shell commands of an arm. */
function valueArms(places: readonly Place[], value: (flag: Flag) => string): string[] {
  return places.flatMap(({ command, words }) =>
    Object.entries(flagsOf(command))
      .filter(([, { placeholder }]) => placeholder !== undefined)
      .map(([name, flag]) => {
        const patterns = spellings(name, flag).map((spelling) => quote(`${words.join(' ')} ${spelling}`));
        return `    ${patterns.join('|')}) ${value(flag)} ;;`;
      }),
  );
}

/** The arms of a `case` that find the place from the words. */
function placeArms(places: readonly Place[]): string[] {
  return places.slice(1).map(({ words }) => `      ${quote(words.join(' '))}) place="$place $word" ;;`);
}

/** Quotes a word for bash and zsh. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function bash(program: Command): string {
  const { name } = program;
  const places = placesOf(program);
  const value = ({ placeholder, choices }: Flag) => {
    if (choices !== undefined) {
      return `candidates=${quote(choices.join(' '))}`;
    }
    const action = { FILE: 'file', FOLDER: 'directory' }[placeholder ?? ''];
    return action === undefined ? 'return' : `action=${action}`;
  };
  const wordArms = places.map((place) => {
    const words = [...wordsAt(place), ...flagsAt(place)].map(({ word }) => word);
    return `      ${quote(place.words.join(' '))}) candidates=${quote(words.join(' '))} ;;`;
  });
  return `# bash completion of ${name}; to load it: source <(${name} completion bash)
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local place=${quote(name)} word candidates='' action=''
  # Bash makes three words of --flag=value.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case "$place $word" in
${placeArms(places).join('\n')}
    esac
  done
  case "$place $previous" in
${valueArms(places, value).join('\n')}
    *) case "$place" in
${wordArms.join('\n')}
    esac ;;
  esac
  if [[ -n $action ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -A "$action" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
  fi
}
complete -F _${name} ${name}`;
}

function zsh(program: Command): string {
  const { name } = program;
  const places = placesOf(program);
  const value = ({ placeholder, choices }: Flag) => {
    if (choices !== undefined) {
      return `compadd -- ${choices.map(quote).join(' ')}`;
    }
    return { FILE: '_files', FOLDER: '_files -/' }[placeholder ?? ''] ?? 'return';
  };
  const described = (candidates: readonly Candidate[]) =>
    candidates.map(({ word, help }) => quote(`${word.replaceAll(':', '\\:')}:${help}`)).join(' ');
  const wordArms = places.map(
    (place) =>
      `      ${quote(place.words.join(' '))}) candidates=(${described(wordsAt(place))}); flags=(${described(flagsAt(place))}) ;;`,
  );
  return `#compdef ${name}
# zsh completion of ${name}; to load it, after compinit: source <(${name} completion zsh)
_${name}() {
  local place=${quote(name)} word previous="$words[CURRENT-1]"
  local -a candidates flags
  if [[ "$words[CURRENT]" == --*=* ]]; then
    previous="\${words[CURRENT]%%=*}"
    compset -P '*='
  fi
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place $word" in
${placeArms(places).join('\n')}
    esac
  done
  case "$place $previous" in
${valueArms(places, value).join('\n')}
    *) case "$place" in
${wordArms.join('\n')}
      esac
      _describe 'command' candidates
      _describe -o 'flag' flags ;;
  esac
}
compdef _${name} ${name}`;
}

function fish(program: Command): string {
  const { name } = program;
  const lines = placesOf(program).flatMap((place) => {
    const condition = fishCondition(place);
    const complete = `complete -c ${name} -n ${fishQuote(condition)}`;
    const words = wordsAt(place).map(({ word, help }) => `${complete} -a ${word} -d ${fishQuote(help)}`);
    const flags = Object.entries(flagsOf(place.command)).map(([long, flag]) =>
      [
        `${complete} -l ${long}`,
        ...(flag.short === undefined ? [] : [`-s ${flag.short}`]),
        ...(flag.placeholder === undefined ? [] : [fishValue(flag)]),
        `-d ${fishQuote(firstLine(flag.help))}`,
      ].join(' '),
    );
    return [...words, ...flags];
  });
  return [
    `# fish completion of ${name}; to load it: ${name} completion fish | source`,
    `complete -c ${name} -f`,
    ...lines,
  ].join('\n');
}

/** The condition that the words so far lead to this place, and to no place below it. */
function fishCondition({ command, words }: Place): string {
  const seen = words.slice(1).map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = (command.subcommands ?? []).map(({ name }) => name);
  const notBelow = below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.join(' ')}`];
  return [...seen, ...notBelow].join('; and ') || 'true';
}

function fishValue({ placeholder, choices }: Flag): string {
  if (choices !== undefined) {
    return `-x -a ${fishQuote(choices.join(' '))}`;
  }
  return { FILE: '-r -F', FOLDER: "-x -a '(__fish_complete_directories)'" }[placeholder ?? ''] ?? '-x';
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
