/** What Helm fills in, and nothing else: an expression that is not among these is refused in the manifests. */
export const EXPRESSIONS = {
  namespace: '.Release.Namespace',
  name: '.Values.name',
  location: '.Values.location',
  user: '.Values.user',
  consulAddress: '.Values.consulAddress',
  storageClass: '.Values.persistence.storageClass',
  existingClaim: '.Values.persistence.existingClaim',
  subPath: '.Values.persistence.subPath',
  hostPath: '.Values.persistence.hostPath',
  components: '.Values.components.namespace',
  selector: '.Values.cleanup.selector',
} as const;

export type ExpressionName = keyof typeof EXPRESSIONS;

/** The text that stands for it among the props of a construct, whose checks let it pass. */
export function placeholder(name: ExpressionName): string {
  return `{{ ${EXPRESSIONS[name]} }}`;
}
