import type { ApiObjectMetadata, Duration } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** Refuses a construct's props: where, what is wrong, and the mend. */
export function refuse(construct: IConstruct, message: string): never {
  throw new Error(`[${construct.node.path}] ${message}`);
}

/**
 * Whether the value still waits for a templating tool, so that its final form cannot be judged here:
 * charts rendered for Helm carry `{{ … }}` in their props.
 */
function isTemplate(value: string): boolean {
  return value.includes('{{');
}

function checkForm(construct: IConstruct, what: string, value: string, form: RegExp, mend: string): void {
  if (!isTemplate(value) && !form.test(value)) {
    refuse(construct, `${what} ${JSON.stringify(value)} is not valid: ${mend}`);
  }
}

/** A site or user as named in a kubeconfig, where any text goes but what nobody could type again. */
export function checkEntryName(construct: IConstruct, prop: string, value: string): void {
  const mend = 'give a name like "edge-01", without control characters, and no white space around it.';
  checkForm(
    construct,
    prop,
    value,
    /^(?!\s)[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\uFEFF]+(?<!\s)$/u,
    mend,
  );
}

/** A key of a ConfigMap or a Secret. */
export function checkDataKey(construct: IConstruct, key: string): void {
  const mend = 'give 1 to 253 letters, digits, "-", "_" or ".", like "kubeconfig".';
  checkForm(construct, 'key', key, /^(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}$/, mend);
}

/** The name of most Kubernetes objects: a DNS subdomain. */
export function checkObjectName(construct: IConstruct, what: string, name: string): void {
  const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
  const mend =
    'give lower-case letters, digits, "-" or ".", at most 253, beginning and ending with a letter or digit.';
  checkForm(construct, what, name, new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`), mend);
}

/** A name that has to do for a Service and a host as well: a DNS label that begins with a letter. */
export function checkServiceName(construct: IConstruct, name: string): void {
  const mend = 'give lower-case letters, digits or "-", at most 63, beginning with a letter.';
  checkForm(construct, 'name', name, /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/, mend);
}

/** At most 55, so that the refresher and the token volume can carry the name as well. */
export function checkContainerName(construct: IConstruct, name: string): void {
  const mend = 'give lower-case letters, digits or "-", at most 55, beginning and ending without a "-".';
  checkForm(construct, 'containerName', name, /^(?=.{1,55}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, mend);
}

/** A port that a container may listen on without being root. */
export function checkPort(construct: IConstruct, prop: string, port: number): void {
  if (!Number.isInteger(port) || port < 1024 || port > 65535) {
    const mend = 'give a whole number from 1024 to 65535, since the container is not root.';
    refuse(construct, `${prop} ${port} is not valid: ${mend}`);
  }
}

/** What the API server takes as the expiration of a token. */
export function checkExpiration(construct: IConstruct, expiration: Duration): void {
  const seconds = expiration.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < 600 || seconds > 2 ** 32) {
    const mend = 'give whole seconds, from 10 minutes to 2^32 seconds, as the API server takes no other.';
    refuse(construct, `expiration ${seconds} s is not valid: ${mend}`);
  }
}

/** The namespace is one for all that belongs together, and so the chart's alone to say. */
export function checkMetadata(construct: IConstruct, metadata: ApiObjectMetadata | undefined): void {
  if (metadata?.namespace !== undefined) {
    refuse(construct, 'metadata.namespace is not taken: give the namespace to the chart instead.');
  }
  if (metadata?.name !== undefined) {
    checkObjectName(construct, 'metadata.name', metadata.name);
  }
}

export function checkImage(construct: IConstruct, repository: string, tag?: string, digest?: string): void {
  checkForm(
    construct,
    'image.repository',
    repository,
    /^[^\s@/:]+(:\d+(?=\/))?(\/[^\s@/:]+)*$/,
    'give registry and path alone, like "registry.example.com/multisite", and tag or digest in their own props.',
  );
  if (tag !== undefined && digest !== undefined) {
    refuse(construct, 'image.tag and image.digest exclude each other: a digest is exact, leave out the tag.');
  }
  if (tag !== undefined) {
    const mend = 'give up to 128 letters, digits, "_", "-" or ".", like "1.2.3".';
    checkForm(construct, 'image.tag', tag, /^\w[\w.-]{0,127}$/, mend);
  }
  if (digest !== undefined) {
    const mend = 'give "sha256:" and 64 hexadecimal digits.';
    checkForm(construct, 'image.digest', digest, /^sha256:[0-9a-f]{64}$/, mend);
  }
}
