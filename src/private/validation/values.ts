import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';

/**
 * Whether the value is a template. Charts for Helm have `{{ … }}` in their props, whose final values are not known
 * here.
 */
export function isTemplate(value: string): boolean {
  return value.includes('{{');
}

/** A label of a DNS name, of any length. */
export const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/**
 * Text that changes when cdk8s writes it as YAML and Kubernetes reads it. It becomes a number, or another text (some
 * Unicode line breaks become spaces or disappear), or it makes the YAML invalid.
 */
const LOST_IN_YAML = /^[-+]?0[oOBX][\da-fA-F_]+$|[\u007f-\u009f\u2028\u2029\ufffe\uffff\p{Cs}]/u;

export function checkForm(what: string, value: string, form: Pick<RegExp, 'test'>, hint: string): string[] {
  return isTemplate(value) || form.test(value)
    ? checkText(what, value)
    : [`${what} ${JSON.stringify(value)} is not valid: ${hint}`];
}

/** Checks that YAML does not change a text. */
export function checkText(what: string, value: string): string[] {
  return LOST_IN_YAML.test(value)
    ? [
        `${what} ${JSON.stringify(value)} is not valid: Kubernetes would read another value from the YAML. Give another text.`,
      ]
    : [];
}

/** Checks the name of a site or user. A kubeconfig allows any text; we do not allow text that nobody can type. */
export function checkEntryName(prop: string, value: string): string[] {
  const hint =
    'give a name like "edge-01", without control characters, and without white space at its start or end.';
  return checkForm(
    prop,
    value,
    /^(?!\s)[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\uFEFF]+(?<!\s)$/u,
    hint,
  );
}

/** Checks a key of a ConfigMap or a Secret. */
export function checkDataKey(prop: string, key: string): string[] {
  const hint = 'give 1 to 253 letters, digits, "-", "_" or ".", like "kubeconfig".';
  return checkForm(prop, key, /^(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}$/, hint);
}

/** Checks the name of a Kubernetes object. For most kinds it is a DNS subdomain. */
export function checkObjectName(what: string, name: string): string[] {
  const hint =
    'give at most 253 lower-case letters, digits, "-" or ".". The first and the last character must be a letter or digit.';
  return checkForm(what, name, new RegExp(`^(?=.{1,253}$)${DNS_LABEL}(\\.${DNS_LABEL})*$`), hint);
}

/** Checks a DNS name. A name may end with a dot: then it is not looked up in search domains. */
export function checkDnsName(prop: string, name: string): string[] {
  return checkObjectName(prop, name.replace(/(?<=.)\.$/, ''));
}

/** Checks the length of a Job's name. The other rules are those of `checkObjectName`. */
export function checkJobName(name: string): string[] {
  const hint = "give at most 63 characters, because the name is also a label of the Job's pods.";
  return checkForm('metadata.name', name, /^.{0,63}$/s, hint);
}

/**
 * Checks the name of a Role or ClusterRole. The rules are less strict than for other objects: `system:node` is valid.
 */
export function checkRoleName(prop: string, name: string): string[] {
  const hint = 'give a name without "/" and "%", other than "." and "..".';
  return checkForm(prop, name, /^(?!\.\.?$)[^/%]+$/, hint);
}

/** Checks a name for a Service and a hostname: a DNS label that begins with a letter. */
export function checkServiceName(what: string, name: string): string[] {
  const hint = 'give at most 63 lower-case letters, digits or "-". The first character must be a letter.';
  return checkForm(what, name, /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/, hint);
}

/** Whether `checkServiceName` accepts a name. */
export function isServiceName(name: string): boolean {
  return checkServiceName('name', name).length === 0;
}

/** At most 55 characters, because the names of the refresher and the token volume add a suffix. */
export function checkContainerName(name: string): string[] {
  const hint =
    'give at most 55 lower-case letters, digits or "-". The first and the last character must not be "-".';
  return checkForm('containerName', name, new RegExp(`^(?=.{1,55}$)${DNS_LABEL}$`), hint);
}

/** Checks the name of a namespace: a DNS label. */
export function checkNamespaceName(prop: string, name: string): string[] {
  const hint =
    'give at most 63 lower-case letters, digits or "-". The first and the last character must not be "-".';
  return checkForm(prop, name, new RegExp(`^(?=.{1,63}$)${DNS_LABEL}$`), hint);
}

/** Checks a port on which a container can listen without root. */
export function checkPort(prop: string, port: number): string[] {
  const hint = 'give a whole number from 1024 to 65535, because the container is not root.';
  return isWhole(port, 1024, 65535) ? [] : [`${prop} ${port} is not valid: ${hint}`];
}

/** Checks a node port. The range is the API server's default. */
export function checkNodePort(port: number): string[] {
  return isWhole(port, 30000, 32767)
    ? []
    : [`nodePort ${port} is not valid: give a whole number from 30000 to 32767.`];
}

/** Whether a value is a whole number within these bounds. */
export function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

/** Whether a value is a Duration. In other languages a caller may give a number. */
export function isDuration(given: unknown): boolean {
  return typeof (given as Partial<Duration> | null)?.toMilliseconds === 'function';
}

export function checkDuration(prop: string, given: unknown): string[] {
  return isDuration(given) ? [] : [`${prop} is not a Duration: give one, for example Duration.minutes(30).`];
}

/** Checks the expiration of a token with the rules of the API server. */
export function checkExpiration(expiration: Duration): string[] {
  if (!isDuration(expiration)) {
    return checkDuration('expiration', expiration);
  }
  const seconds = expiration.toSeconds({ integral: false });
  const hint = 'give whole seconds, from 10 minutes to 2^32 seconds: the API server accepts nothing else.';
  return isWhole(seconds, 600, 2 ** 32) ? [] : [`expiration ${seconds} s is not valid: ${hint}`];
}

/** Checks the path of a file within a volume. */
export function checkFileName(prop: string, file: string): string[] {
  const hint = 'give the path of a file within the volume, like "token" or "edge/token", without "..".';
  return checkForm(prop, file, /^(?!\/)(?!(.*\/)?\.\.?(\/|$))[^\p{Cc}]+(?<!\/)$/su, hint);
}

/** Checks the path of a directory with the rules of the API server. */
export function checkAbsolutePath(prop: string, path: string): string[] {
  const hint = 'give an absolute path, without ":" and "..".';
  return checkForm(prop, path, /^\/(?!(.*\/)?\.\.(\/|$))[^:\p{Cc}]*$/u, hint);
}

/** Checks an address in the form HOST:PORT. */
export function checkAddress(prop: string, address: string): string[] {
  const hint = 'give HOST:PORT, like "consul.example:8500".';
  const host = '([a-zA-Z0-9]([-.a-zA-Z0-9]*[a-zA-Z0-9])?|\\[[0-9a-fA-F:]+\\])';
  return checkForm(prop, address, new RegExp(`^${host}:[0-9]{1,5}$`), hint);
}

/** cdk8s-plus-27 takes the size of a claim in gibibytes. */
export function checkWholeGibibytes(prop: string, size: Size): string[] {
  const mebibytes = size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  return Number.isSafeInteger(mebibytes / 1024) && mebibytes > 0
    ? []
    : [`${prop} ${mebibytes} MiB is not valid: give whole gibibytes, at least one.`];
}
