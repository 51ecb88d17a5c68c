import { EXPRESSIONS } from './expressions.ts';
import { Expression, type TemplateNode } from './template-node.ts';

/** Below these Kubernetes expands `$(NAME)`, and takes `$$` for the character itself. */
const EXPANDED = ['args', 'command', 'env'];

const PLACEHOLDER = /\{\{ (.+?) \}\}/g;

const KNOWN: readonly string[] = Object.values(EXPRESSIONS);

/**
 * The same data with an expression for each text that has a placeholder, quoted so that every value remains the text
 * that it is.
 *
 * @throws on braces that are no placeholder of ours
 */
export function templated(data: unknown, isExpanded = false): TemplateNode {
  if (typeof data === 'string') {
    return templatedText(data, isExpanded);
  }
  if (Array.isArray(data)) {
    return data.map((item) => templated(item, isExpanded));
  }
  if (typeof data === 'object' && data !== null) {
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => {
        if (key.includes('{{')) {
          throw new Error(`no key can be an expression of Helm: ${key}`);
        }
        return [key, templated(value, isExpanded || EXPANDED.includes(key))];
      }),
    );
  }
  return data as number | boolean | null;
}

function templatedText(text: string, isExpanded: boolean): string | Expression {
  if (!text.includes('{{')) {
    return text;
  }
  const [first = '', ...parts] = text.split(PLACEHOLDER);
  // Of a split by a group, every second part is what the group has matched.
  const pipelines = parts.filter((_, index) => index % 2 === 0);
  const literals = [first, ...parts.filter((_, index) => index % 2 === 1)];
  if (literals.some((part) => part.includes('{{')) || pipelines.some((part) => !KNOWN.includes(part))) {
    throw new Error(`no expression of Helm that is known here: ${text}`);
  }
  const values = pipelines.map((pipeline) => (isExpanded ? `(${pipeline} | replace "$" "$$")` : pipeline));
  const [value = ''] = values;
  if (values.length === 1 && literals.every((part) => part === '')) {
    return new Expression(`${value} | toJson`);
  }
  // Go reads a text in quotes as JSON does.
  const format = JSON.stringify(literals.map((part) => part.replaceAll('%', '%%')).join('%s'));
  return new Expression(`printf ${format} ${values.join(' ')} | toJson`);
}
