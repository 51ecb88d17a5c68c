import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import type { IConstruct } from 'constructs';

/**
 * Has the synthesis fail with what is wrong with a construct's props, and the mend. Not thrown here, so that
 * all mistakes of an app are reported at once; cdk8s puts the construct's path before each.
 */
export function mistake(construct: IConstruct, message: string): void {
  construct.node.addValidation({ validate: () => [message] });
}

/**
 * Whether the value still waits for a templating tool, so that its final form cannot be judged here:
 * charts rendered for Helm carry `{{ … }}` in their props.
 */
function isTemplate(value: string): boolean {
  return value.includes('{{');
}

/** A part of a DNS name, of any length. */
export const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/**
 * What is not as it was once cdk8s has written it as YAML, and Kubernetes has read that: a number, another text (some line breaks of
 * Unicode are spaces, or nothing), or no YAML at all.
 */
const LOST_IN_YAML = /^[-+]?0[oOBX][\da-fA-F_]+$|[\u007f-\u009f\u2028\u2029\ufffe\uffff\p{Cs}]/u;

/** Reports a value that is not of a form. */
export function checkForm(
  construct: IConstruct,
  what: string,
  value: string,
  form: Pick<RegExp, 'test'>,
  mend: string,
): void {
  if (!isTemplate(value) && !form.test(value)) {
    mistake(construct, `${what} ${JSON.stringify(value)} is not valid: ${mend}`);
  } else {
    checkText(construct, what, value);
  }
}

/** Reports a text that may be any, but cannot be written. */
export function checkText(construct: IConstruct, what: string, value: string): void {
  if (LOST_IN_YAML.test(value)) {
    mistake(
      construct,
      `${what} ${JSON.stringify(value)} is not valid: Kubernetes would misread it in YAML, so give another.`,
    );
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
export function checkDataKey(construct: IConstruct, prop: string, key: string): void {
  const mend = 'give 1 to 253 letters, digits, "-", "_" or ".", like "kubeconfig".';
  checkForm(construct, prop, key, /^(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}$/, mend);
}

/** The name of most Kubernetes objects: a DNS subdomain. */
export function checkObjectName(construct: IConstruct, what: string, name: string): void {
  const mend =
    'give lower-case letters, digits, "-" or ".", at most 253, beginning and ending with a letter or digit.';
  checkForm(construct, what, name, new RegExp(`^(?=.{1,253}$)${DNS_LABEL}(\\.${DNS_LABEL})*$`), mend);
}

/** What a DNS name stands for: one that ends with a dot is not looked for in other domains. */
export function checkDnsName(construct: IConstruct, prop: string, name: string): void {
  checkObjectName(construct, prop, name.replace(/(?<=.)\.$/, ''));
}

/** How long the name of a Job may be, which is the name of an object otherwise. */
export function checkJobName(construct: IConstruct, name: string): void {
  const mend = "give at most 63 characters, as it is a label of the Job's pods, too.";
  checkForm(construct, 'metadata.name', name, /^.{0,63}$/s, mend);
}

/** The name of a Role or ClusterRole, which is less strict than others, as in `system:node`. */
export function checkRoleName(construct: IConstruct, prop: string, name: string): void {
  const mend = 'give a name without "/" and "%", other than "." and "..".';
  checkForm(construct, prop, name, /^(?!\.\.?$)[^/%]+$/, mend);
}

/** A name that has to do for a Service and a host as well: a DNS label that begins with a letter. */
export function checkServiceName(construct: IConstruct, what: string, name: string): void {
  const mend = 'give lower-case letters, digits or "-", at most 63, beginning with a letter.';
  checkForm(construct, what, name, /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/, mend);
}

/** At most 55, so that the refresher and the token volume can carry the name as well. */
export function checkContainerName(construct: IConstruct, name: string): void {
  const mend = 'give lower-case letters, digits or "-", at most 55, beginning and ending without a "-".';
  checkForm(construct, 'containerName', name, new RegExp(`^(?=.{1,55}$)${DNS_LABEL}$`), mend);
}

/** A namespace: a DNS label. */
export function checkNamespaceName(construct: IConstruct, prop: string, name: string): void {
  const mend = 'give lower-case letters, digits or "-", at most 63, beginning and ending without a "-".';
  checkForm(construct, prop, name, new RegExp(`^(?=.{1,63}$)${DNS_LABEL}$`), mend);
}

/** A port that a container may listen on without being root. */
export function checkPort(construct: IConstruct, prop: string, port: number): void {
  if (!Number.isInteger(port) || port < 1024 || port > 65535) {
    const mend = 'give a whole number from 1024 to 65535, since the container is not root.';
    mistake(construct, `${prop} ${port} is not valid: ${mend}`);
  }
}

/** A port of the range that an API server has unless told otherwise. */
export function checkNodePort(construct: IConstruct, port: number): void {
  if (!Number.isInteger(port) || port < 30000 || port > 32767) {
    mistake(construct, `nodePort ${port} is not valid: give a whole number from 30000 to 32767.`);
  }
}

/** What the API server takes as the expiration of a token. */
export function checkExpiration(construct: IConstruct, expiration: Duration): void {
  const seconds = expiration.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < 600 || seconds > 2 ** 32) {
    const mend = 'give whole seconds, from 10 minutes to 2^32 seconds, as the API server takes no other.';
    mistake(construct, `expiration ${seconds} s is not valid: ${mend}`);
  }
}

/** An address as a kubeconfig has it, and as the program takes it. */
export function checkServer(construct: IConstruct, server: string): void {
  const mend =
    'give https://HOST[:PORT][/PATH], without user, query or fragment; an IPv6 host has brackets: https://[fd00::1]:6443.';
  checkForm(construct, 'server', server, { test: isServer }, mend);
}

function isServer(text: string): boolean {
  const form = /^https:\/\/[^\s\p{Cc}\\@?#/][^\s\p{Cc}\\@?#]*$/u;
  return form.test(text) && portOf(text) !== '0';
}

/** The port that a URL names; '0', which nothing listens on, where it is none. */
function portOf(url: string): string {
  try {
    return new URL(url).port;
  } catch {
    return '0';
  }
}

/** A file within a volume. */
export function checkFileName(construct: IConstruct, prop: string, file: string): void {
  const mend = 'give the path of a file within the volume, like "token" or "edge/token", without "..".';
  checkForm(construct, prop, file, /^(?!\/)(?!(.*\/)?\.\.?(\/|$))[^\p{Cc}]+(?<!\/)$/su, mend);
}

/** A directory, as the API server takes it. */
export function checkAbsolutePath(construct: IConstruct, prop: string, path: string): void {
  const mend = 'give an absolute path, without ":" and "..".';
  checkForm(construct, prop, path, /^\/(?!(.*\/)?\.\.(\/|$))[^:\p{Cc}]*$/u, mend);
}

/** Where something listens. */
export function checkAddress(construct: IConstruct, prop: string, address: string): void {
  const mend = 'give HOST:PORT, like "consul.example:8500".';
  const host = '([a-zA-Z0-9]([-.a-zA-Z0-9]*[a-zA-Z0-9])?|\\[[0-9a-fA-F:]+\\])';
  checkForm(construct, prop, address, new RegExp(`^${host}:[0-9]{1,5}$`), mend);
}

/** cdk8s-plus-27 counts the size of a claim in these. */
export function checkWholeGibibytes(construct: IConstruct, prop: string, size: Size): void {
  const mebibytes = size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  if (!Number.isSafeInteger(mebibytes / 1024) || mebibytes <= 0) {
    mistake(construct, `${prop} ${mebibytes} MiB is not valid: give whole gibibytes, at least one.`);
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
    mistake(
      construct,
      'image.tag and image.digest exclude each other: a digest is exact, leave out the tag.',
    );
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
