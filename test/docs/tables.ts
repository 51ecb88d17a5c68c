import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A row of a table: its cells by the headers of their columns. */
export type Row = Readonly<Record<string, string>>;

/** The rows of the table whose first column is headed so; of those below a heading, where one is given. */
export async function table(file: string, firstHeader: string, heading?: string): Promise<Row[]> {
  const text = await readFile(join(ROOT, file), 'utf8');
  const section = heading === undefined ? text : sectionOf(text, heading);
  const lines = section.split('\n').map(cellsOf);
  const start = lines.findIndex((cells) => cells?.[0] === firstHeader);
  const headers = lines[start];
  if (!headers) {
    throw new Error(`${file} has no table that begins with "${firstHeader}"`);
  }
  const rest = lines.slice(start + 2);
  const end = rest.indexOf(undefined);
  return rest
    .slice(0, end === -1 ? undefined : end)
    .map((cells) => Object.fromEntries(headers.map((header, i) => [header, cells?.[i] ?? ''])));
}

/** What stands in backticks. */
export function codes(text = ''): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function sectionOf(text: string, heading: string): string {
  const [, section] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  if (section === undefined) {
    throw new Error(`there is no heading "${heading}"`);
  }
  return section.split(/^#/m)[0] ?? '';
}

/** Of a line of a table; a bar within a cell is written `\|`. */
function cellsOf(line: string): string[] | undefined {
  if (!line.startsWith('|')) {
    return undefined;
  }
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}
