import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';

/**
 * Whether the value still waits for a templating tool, so that its final form cannot be judged here:
 * charts rendered for Helm carry `{{ … }}` in their props.
 */
export function isTemplate(value: string): boolean {
  return value.includes('{{');
}

/** A part of a DNS name, of any length. */
export const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/**
 * What is not as it was once cdk8s has written it as YAML, and Kubernetes has read that: a number, another text (some line breaks of
 * Unicode are spaces, or nothing), or no YAML at all.
 */
const LOST_IN_YAML = /^[-+]?0[oOBX][\da-fA-F_]+$|[\u007f-\u009f\u2028\u2029\ufffe\uffff\p{Cs}]/u;

/** A value of a form. */
export function checkForm(what: string, value: string, form: Pick<RegExp, 'test'>, hint: string): string[] {
  return isTemplate(value) || form.test(value)
    ? checkText(what, value)
    : [`${what} ${JSON.stringify(value)} is not valid: ${hint}`];
}

/** Any text that can be written. */
export function checkText(what: string, value: string): string[] {
  return LOST_IN_YAML.test(value)
    ? [`${what} ${JSON.stringify(value)} is not valid: Kubernetes would misread it in YAML, so give another.`]
    : [];
}

/** A site or user as named in a kubeconfig, where any text goes but what nobody could type again. */
export function checkEntryName(prop: string, value: string): string[] {
  const hint = 'give a name like "edge-01", without control characters, and no white space around it.';
  return checkForm(
    prop,
    value,
    /^(?!\s)[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\uFEFF]+(?<!\s)$/u,
    hint,
  );
}

/** A key of a ConfigMap or a Secret. */
export function checkDataKey(prop: string, key: string): string[] {
  const hint = 'give 1 to 253 letters, digits, "-", "_" or ".", like "kubeconfig".';
  return checkForm(prop, key, /^(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}$/, hint);
}

/** The name of most Kubernetes objects: a DNS subdomain. */
export function checkObjectName(what: string, name: string): string[] {
  const hint =
    'give lower-case letters, digits, "-" or ".", at most 253, beginning and ending with a letter or digit.';
  return checkForm(what, name, new RegExp(`^(?=.{1,253}$)${DNS_LABEL}(\\.${DNS_LABEL})*$`), hint);
}

/** What a DNS name stands for: one that ends with a dot is not looked for in other domains. */
export function checkDnsName(prop: string, name: string): string[] {
  return checkObjectName(prop, name.replace(/(?<=.)\.$/, ''));
}

/** How long the name of a Job may be, which is the name of an object otherwise. */
export function checkJobName(name: string): string[] {
  const hint = "give at most 63 characters, as it is a label of the Job's pods, too.";
  return checkForm('metadata.name', name, /^.{0,63}$/s, hint);
}

/** The name of a Role or ClusterRole, which is less strict than others, as in `system:node`. */
export function checkRoleName(prop: string, name: string): string[] {
  const hint = 'give a name without "/" and "%", other than "." and "..".';
  return checkForm(prop, name, /^(?!\.\.?$)[^/%]+$/, hint);
}

/** A name that has to do for a Service and a host as well: a DNS label that begins with a letter. */
export function checkServiceName(what: string, name: string): string[] {
  const hint = 'give lower-case letters, digits or "-", at most 63, beginning with a letter.';
  return checkForm(what, name, /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/, hint);
}

/** Whether `checkServiceName` has nothing against a name. */
export function isServiceName(name: string): boolean {
  return checkServiceName('name', name).length === 0;
}

/** At most 55, so that the refresher and the token volume can carry the name as well. */
export function checkContainerName(name: string): string[] {
  const hint = 'give lower-case letters, digits or "-", at most 55, beginning and ending without a "-".';
  return checkForm('containerName', name, new RegExp(`^(?=.{1,55}$)${DNS_LABEL}$`), hint);
}

/** A namespace: a DNS label. */
export function checkNamespaceName(prop: string, name: string): string[] {
  const hint = 'give lower-case letters, digits or "-", at most 63, beginning and ending without a "-".';
  return checkForm(prop, name, new RegExp(`^(?=.{1,63}$)${DNS_LABEL}$`), hint);
}

/** A port that a container may listen on without being root. */
export function checkPort(prop: string, port: number): string[] {
  const hint = 'give a whole number from 1024 to 65535, since the container is not root.';
  return isWhole(port, 1024, 65535) ? [] : [`${prop} ${port} is not valid: ${hint}`];
}

/** A port of the range that an API server has unless told otherwise. */
export function checkNodePort(port: number): string[] {
  return isWhole(port, 30000, 32767)
    ? []
    : [`nodePort ${port} is not valid: give a whole number from 30000 to 32767.`];
}

/** Whether a value is a whole number within these bounds. */
export function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

/** Whether something is a Duration: whoever writes no TypeScript may give a number. */
export function isDuration(given: unknown): boolean {
  return typeof (given as Partial<Duration> | null)?.toMilliseconds === 'function';
}

/** Any Duration. */
export function checkDuration(prop: string, given: unknown): string[] {
  return isDuration(given) ? [] : [`${prop} is no Duration: give one, as Duration.minutes(30).`];
}

/** What the API server takes as the expiration of a token. */
export function checkExpiration(expiration: Duration): string[] {
  if (!isDuration(expiration)) {
    return checkDuration('expiration', expiration);
  }
  const seconds = expiration.toSeconds({ integral: false });
  const hint = 'give whole seconds, from 10 minutes to 2^32 seconds, as the API server takes no other.';
  return isWhole(seconds, 600, 2 ** 32) ? [] : [`expiration ${seconds} s is not valid: ${hint}`];
}

/** A file within a volume. */
export function checkFileName(prop: string, file: string): string[] {
  const hint = 'give the path of a file within the volume, like "token" or "edge/token", without "..".';
  return checkForm(prop, file, /^(?!\/)(?!(.*\/)?\.\.?(\/|$))[^\p{Cc}]+(?<!\/)$/su, hint);
}

/** A directory, as the API server takes it. */
export function checkAbsolutePath(prop: string, path: string): string[] {
  const hint = 'give an absolute path, without ":" and "..".';
  return checkForm(prop, path, /^\/(?!(.*\/)?\.\.(\/|$))[^:\p{Cc}]*$/u, hint);
}

/** Where something listens. */
export function checkAddress(prop: string, address: string): string[] {
  const hint = 'give HOST:PORT, like "consul.example:8500".';
  const host = '([a-zA-Z0-9]([-.a-zA-Z0-9]*[a-zA-Z0-9])?|\\[[0-9a-fA-F:]+\\])';
  return checkForm(prop, address, new RegExp(`^${host}:[0-9]{1,5}$`), hint);
}

/** cdk8s-plus-27 counts the size of a claim in these. */
export function checkWholeGibibytes(prop: string, size: Size): string[] {
  const mebibytes = size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  return Number.isSafeInteger(mebibytes / 1024) && mebibytes > 0
    ? []
    : [`${prop} ${mebibytes} MiB is not valid: give whole gibibytes, at least one.`];
}
