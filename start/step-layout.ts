const NAME_COLUMNS = 15;
const TIME_COLUMNS = 8;
/** The columns of the mark before the name of a step. */
const MARK_COLUMNS = 4;
const INDENT = ' '.repeat(6);

/** Longer lines are hard to read. */
const MOST_COLUMNS = 100;
/** With fewer columns, the result of a step goes below its name. */
const COLUMNS_FOR_TWO = 60;

/** The text of a finished step, after its mark. */
export interface StepLines {
  readonly first: string;
  /** The end of the first line. */
  readonly time: string;
  /** The lines below. */
  readonly more: readonly string[];
}

/** Lays out a step for a number of columns. */
export function layOutStep(name: string, summary: string, time: string, columns: number): StepLines {
  const title = `${name.padEnd(NAME_COLUMNS)} `;
  if (columns < COLUMNS_FOR_TWO) {
    return { first: title, time: time.padStart(TIME_COLUMNS), more: layOutDetail(summary, columns) };
  }
  const before = MARK_COLUMNS + title.length;
  const width = Math.min(columns, MOST_COLUMNS) - before - TIME_COLUMNS;
  const [first = '', ...more] = wrap(summary, width);
  return {
    first: `${title}${first.padEnd(width)}`,
    time: time.padStart(TIME_COLUMNS),
    more: more.map((line) => ' '.repeat(before) + line),
  };
}

/** Lays out a line below a step. */
export function layOutDetail(detail: string, columns: number): string[] {
  const width = Math.min(columns, MOST_COLUMNS) - INDENT.length;
  return wrap(detail, width).map((line) => INDENT + line);
}

/** Breaks a line at spaces, and keeps its indentation. A longer word stays whole, so that it can be copied. */
function wrap(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const before = rest.lastIndexOf(' ', width);
    const end = before > indent.length ? before : rest.indexOf(' ', width);
    if (end === -1) {
      break;
    }
    lines.push(rest.slice(0, end));
    rest = indent + rest.slice(end + 1);
  }
  return [...lines, rest];
}
