/** The fields of a rendered pod that the checks use directly. They read all other fields by name. */
export interface RenderedPod {
  readonly metadata?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: RenderedPodSpec;
}

export interface RenderedPodSpec {
  readonly containers?: readonly Named[];
  readonly initContainers?: readonly Named[];
  readonly ephemeralContainers?: readonly Named[];
  readonly volumes?: readonly Named[];
  readonly hostUsers?: boolean;
  readonly os?: Named;
}

interface Named {
  readonly name: string;
}

/** The allowed values of a field. */
export interface Allowed {
  readonly allows: (value: unknown) => boolean;
  /** What to do about any other value. */
  readonly hint: string;
  /** Whether it must be set. */
  readonly required?: boolean;
}

type Value = string | number | boolean;

/** Allows these values, or no value. */
export function unsetOr(...values: readonly Value[]): Allowed {
  // `false`, 0 and the empty text mean the same as no value.
  const more = values.filter(Boolean);
  return { ...oneOf(values), hint: more.length > 0 ? `leave it out, or give ${or(more)}` : 'leave it out' };
}

/** Requires one of these values. */
export function mustBe(...values: readonly Value[]): Allowed {
  return { ...oneOf(values), hint: `set it to ${or(values)}`, required: true };
}

function oneOf(values: readonly unknown[]): Pick<Allowed, 'allows'> {
  return { allows: (value) => values.includes(value) };
}

function or(values: readonly Value[]): string {
  return values.map((value) => JSON.stringify(value)).join(' or ');
}

/**
 * Checks a field of the pod. `field` is the path as in Kubernetes' documentation, for example `ports[*].hostPort`. The
 * path is relative to the pod's spec or to the container.
 */
export function inPod(field: string, allowed: Allowed): (pod: RenderedPod) => string[] {
  return ({ spec }) => wrongIn('the pod', spec, field, allowed);
}

export function inContainers(field: string, allowed: Allowed): (pod: RenderedPod) => string[] {
  return ({ spec }) =>
    containersOf(spec).flatMap((container) => {
      const isMissing = allowed.required && !isSet(container, field);
      return isMissing
        ? [`container ${container.name}: ${field} is not set: ${allowed.hint}`]
        : wrongIn(`container ${container.name}`, container, field, allowed);
    });
}

/** A field of a container. If the container does not have the field, the pod's field applies. */
export function inPodAndContainers(field: string, allowed: Allowed): (pod: RenderedPod) => string[] {
  const both = { ...allowed, required: false };
  return (pod) => {
    const missing = allowed.required && !isSet(pod.spec, field) ? without(pod.spec, field) : [];
    return [
      ...inPod(field, both)(pod),
      ...inContainers(field, both)(pod),
      ...missing.map(
        (name) =>
          `container ${name}: ${field} is set neither in the container nor in the pod: ${allowed.hint}`,
      ),
    ];
  };
}

export function containersOf(spec: RenderedPodSpec): readonly Named[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

function without(spec: RenderedPodSpec, field: string): string[] {
  return containersOf(spec)
    .filter((container) => !isSet(container, field))
    .map(({ name }) => name);
}

function wrongIn(who: string, from: object, field: string, { allows, hint }: Allowed): string[] {
  return valuesAt(from, field)
    .filter(({ value }) => !allows(value))
    .map(({ path, value }) => `${who}: ${path} is ${JSON.stringify(value)}: ${hint}`);
}

function isSet(from: object, field: string): boolean {
  return valuesAt(from, field).length > 0;
}

interface Found {
  /** The field, with the index of each item. */
  readonly path: string;
  readonly value: unknown;
}

/** Every value that a field has. */
export function valuesAt(from: object, field: string): Found[] {
  let found: Found[] = [{ path: '', value: from }];
  for (const step of field.replaceAll('[*]', '.*').split('.')) {
    found = found.flatMap(({ path, value }) =>
      children(value, step).map((child) => ({ path: path + child.path, value: child.value })),
    );
  }
  return found.map(({ path, value }) => ({ path: path.slice('.'.length), value }));
}

function children(value: unknown, step: string): Found[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  if (step === '*') {
    return Array.isArray(value) ? value.map((item, index) => ({ path: `[${index}]`, value: item })) : [];
  }
  const child: unknown = Reflect.get(value, step);
  return child === undefined || child === null ? [] : [{ path: `.${step}`, value: child }];
}
