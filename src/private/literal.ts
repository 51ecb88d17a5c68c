/**
 * An argument's text as Kubernetes is to leave it: it expands `$(NAME)`, and takes `$$` for the character itself.
 * What a templating tool is to fill in, `{{ … }}`, stays as it is.
 */
export function literal(text: string): string {
  return text.replace(/\{\{.*?\}\}|\$/gs, (part) => (part === '$' ? '$$' : part));
}
