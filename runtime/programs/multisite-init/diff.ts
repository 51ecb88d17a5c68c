import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { createKubeconfigRedactor } from '../../kubeconfig/redact-kubeconfig.ts';

/** How a document would change, as a unified diff without the credentials of either. */
export function diff(name: string, before: string, after: string): string {
  const redact = createKubeconfigRedactor();
  const from = before === '' ? '/dev/null' : name;
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(from, name, redact(before), redact(after), '', '', options).trimEnd();
}

/** The diff with the colours that people expect. */
export function coloured(text: string): string {
  const paint = (code: number, line: string) => `\u001b[${code}m${line}\u001b[0m`;
  return text
    .split('\n')
    .map((line) => {
      if (/^(---|\+\+\+) /.test(line)) {
        return paint(1, line);
      }
      if (line.startsWith('@@')) {
        return paint(36, line);
      }
      if (line.startsWith('+')) {
        return paint(32, line);
      }
      return line.startsWith('-') ? paint(31, line) : line;
    })
    .join('\n');
}
