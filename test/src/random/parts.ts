import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import { SiteCredential } from '../../../src/index.ts';
import { amount, mostly, number, objectName, props, text, type ValueOf } from './values.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Tag and digest, which exclude each other, together now and then. */
export const image = mostly(
  fc.oneof(
    props({
      repository: text('app', 'registry.example.com/a/b', 'registry:5000/a'),
      tag: text('1.2.3', 'a'.repeat(128)),
    }),
    props({ repository: text('app', 'registry.example.com/a/b'), digest: text(DIGEST) }),
  ),
  props({ tag: text('1.2.3'), digest: text(DIGEST) }),
);

const UNITS = ['kibibytes', 'mebibytes', 'gibibytes', 'tebibytes'] as const;

function sizeIn(...usual: (typeof UNITS)[number][]) {
  return fc.record({
    amount: amount(1, 2, 4, 1024),
    unit: mostly(fc.constantFrom(...usual), fc.constantFrom(...UNITS)),
  });
}

/** What cdk8s-plus-27 counts in gibibytes. */
export const size = sizeIn('gibibytes', 'tebibytes');

export const sizeOf = ({ amount: value, unit }: ValueOf<typeof size>): Size => Size[unit](value);

const cpu = fc.record({
  amount: number(10, 1000),
  unit: fc.constantFrom('millis' as const, 'units' as const),
});

const cpuOf = ({ amount: value, unit }: ValueOf<typeof cpu>): kplus.Cpu => kplus.Cpu[unit](value);

/** The limit less often, since half of all would be less than the request. */
function pair<T>(value: fc.Arbitrary<T>) {
  return mostly(
    fc.oneof<fc.Arbitrary<{ request?: T; limit?: T }>[]>(
      fc.record({ request: value }),
      fc.record({ limit: value }),
      value.map((both) => ({ request: both, limit: both })),
    ),
    props({ request: value, limit: value }),
  );
}

export const resources = props({
  cpu: pair(cpu),
  memory: pair(sizeIn('mebibytes', 'gibibytes')),
  ephemeralStorage: pair(size),
});

export function resourcesOf(given: ValueOf<typeof resources>): kplus.ContainerResources {
  const sizes = (of: typeof given.memory) =>
    of && { request: of.request && sizeOf(of.request), limit: of.limit && sizeOf(of.limit) };
  return {
    cpu: given.cpu && {
      request: given.cpu.request && cpuOf(given.cpu.request),
      limit: given.cpu.limit && cpuOf(given.cpu.limit),
    },
    memory: sizes(given.memory),
    ephemeralStorage: sizes(given.ephemeralStorage),
  };
}

const seconds = amount(1, 60);

export const probe = fc.record({
  action: fc.constantFrom('http', 'tcp', 'command'),
  // Others would be for cdk8s to write as YAML that says the same, which our checks cannot see to in what is not ours.
  path: mostly(fc.constantFrom('/', '/healthz'), fc.constantFrom('', ' ', 'a', '/a?b=c')),
  port: number(80, 8080),
  numbers: props({ failureThreshold: number(1, 120), successThreshold: number(1) }),
  times: props({ initialDelaySeconds: seconds, periodSeconds: seconds, timeoutSeconds: seconds }),
});

export function probeOf({ action, path, port, numbers, times }: ValueOf<typeof probe>): kplus.Probe {
  const durations = Object.entries(times).map(([name, value]) => [name, Duration.seconds(value)]);
  const options: kplus.ProbeOptions = { ...numbers, ...Object.fromEntries(durations) };
  if (action === 'http') {
    return kplus.Probe.fromHttpGet(path, { port, ...options });
  }
  return action === 'tcp'
    ? kplus.Probe.fromTcpSocket({ port, ...options })
    : kplus.Probe.fromCommand([path], options);
}

export const requested = fc.record({
  kind: fc.constant('requested' as const),
  account: objectName('site'),
  expiration: fc.option(amount(600, 3600, 86400, 2 ** 32), { nil: undefined }),
});

export const credential = fc.oneof(
  { weight: 3, arbitrary: requested },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('podIdentity' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('secret' as const), secret: objectName('token') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('file' as const),
      server: text('https://edge.example.com:6443', 'https://[fd00::1]:6443/a'),
      files: props({ tokenFile: text('token', 'edge/token'), caFile: text('ca.crt', 'edge/ca') }),
    }),
  },
);

/** Made in a scope of its own, since it brings constructs. */
export function credentialOf(scope: Construct, given: ValueOf<typeof credential>): SiteCredential {
  switch (given.kind) {
    case 'requested':
      return SiteCredential.requested(
        kplus.ServiceAccount.fromServiceAccountName(scope, 'Account', given.account),
        { expiration: given.expiration === undefined ? undefined : Duration.seconds(given.expiration) },
      );
    case 'secret':
      return SiteCredential.secret(kplus.Secret.fromSecretName(scope, 'Token', given.secret));
    case 'file': {
      const volume = kplus.Volume.fromEmptyDir(scope, 'Files', `files-${scope.node.id.toLowerCase()}`);
      return SiteCredential.file(volume, { server: given.server, ...given.files });
    }
    default:
      return SiteCredential.podIdentity();
  }
}

/** What the program is to write, and what it runs with. */
export const initOptions = {
  location: text('edge-01', 'Berlin, West', '$(HOME)', '/'),
  user: text('user-01', 'admin@edge', '😀'),
  key: text('config', 'a'.repeat(253), '.a', 'edge_01.yaml'),
  image,
  resources,
  arbitraryUser: fc.boolean(),
};
