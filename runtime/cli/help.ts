import { type Command, type Flag, flagsOf, type Positional } from './command.ts';

interface Row {
  readonly term: string;
  readonly words: string;
}

/** The text of `--help`. @param path the names of the parent commands, then the command's own name */
export function helpText(command: Command, path: string): string {
  const { summary, description, positionals = [], subcommands = [], sections, epilogue } = command;
  const tables = [
    {
      title: 'Commands',
      rows: subcommands.map(({ name, summary }) => ({ term: `  ${name}`, words: summary })),
    },
    { title: 'Arguments', rows: positionals.map(positionalRow) },
    ...sections.map(({ title, flags }) => ({ title, rows: Object.entries(flags).map(flagRow) })),
  ].filter(({ rows }) => rows.length > 0);
  const width = Math.max(...tables.flatMap(({ rows }) => rows.map(({ term }) => term.length))) + 2;
  const more =
    subcommands.length > 0 ? `Run \`${path} COMMAND --help\` to see the flags of a command.` : undefined;
  const parts = [
    `${path} - ${summary}`,
    description,
    `Usage:\n${usageOf(command, path)
      .map((line) => `  ${line}`)
      .join('\n')}`,
    ...tables.map(({ title, rows }) => `${title}:\n${rows.map((row) => show(row, width)).join('\n')}`),
    more,
    epilogue,
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

function usageOf(command: Command, path: string): readonly string[] {
  if (command.usage !== undefined) {
    return command.usage;
  }
  const required = Object.entries(flagsOf(command)).filter(([, flag]) => flag.required);
  return [
    [
      path,
      ...(command.subcommands ? ['COMMAND'] : []),
      ...required.map(([name, { placeholder }]) => `--${name} ${placeholder}`),
      ...(command.positionals ?? []).map(positionalTerm),
      '[flags]',
    ].join(' '),
  ];
}

function positionalTerm({ name, required, repeatable }: Positional): string {
  const term = repeatable ? `${name}...` : name;
  return required ? term : `[${term}]`;
}

function positionalRow(positional: Positional): Row {
  return { term: `  ${positionalTerm(positional)}`, words: positional.help };
}

function flagRow([name, flag]: [string, Flag]): Row {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const value = flag.placeholder === undefined ? '' : ` ${flag.placeholder}`;
  const [first = '', ...more] = flag.help.split('\n');
  return { term: `  ${short}--${name}${value}`, words: [`${first}${remark(flag)}`, ...more].join('\n') };
}

function remark({ required, repeatable, default: fallback }: Flag): string {
  const remarks = [
    ...(required ? ['required'] : []),
    ...(repeatable ? ['may be repeated'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
  ];
  return remarks.length === 0 ? '' : ` (${remarks.join(', ')})`;
}

function show({ term, words }: Row, width: number): string {
  return words
    .split('\n')
    .map((line, i) => `${(i === 0 ? term : '').padEnd(width)}${line}`)
    .join('\n');
}
