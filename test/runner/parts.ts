import type { BuildGroup } from '../../devcluster/builds/build-all.ts';
import { FOR_IMAGES, FOR_NODE, type Requirement } from '../../devcluster/requirements.ts';

/** A named part of the tests: a project of Vitest. */
export interface Part {
  readonly about: string;
  /** The suffix of its files' names, before `.test.ts`. */
  readonly suffix: string;
  /** The pattern of its files, if not all files with the suffix belong to it. */
  readonly include?: string;
  /** The engines on which it runs multisite-init. @default - both */
  readonly engines?: string;
  /** Whether its files run in parallel: they mostly wait, and none measures time. @default false */
  readonly parallel?: boolean;
  /** Whether it runs in parallel with the other parts, because it mostly waits. @default false */
  readonly beside?: boolean;
  /** Whether it runs after all other parts, because its tests measure time. @default false */
  readonly alone?: boolean;
  /** Whether its files share an API server. */
  readonly cluster: boolean;
  readonly requirements: readonly Requirement[];
  /** The programs that devcluster builds for it, in addition to the control plane. */
  readonly builds: readonly BuildGroup[];
}

const SHELL: readonly Requirement[] = ['git', 'shellcheck', 'python3'];

/** The parts of `npm run test:all`, in this order. The first parts need no slow builds. */
export const PARTS = {
  shell: {
    about: 'shell scripts, with shellcheck and bats; the GitHub workflow, with actionlint',
    suffix: 'shell',
    cluster: false,
    requirements: [...SHELL, 'go'],
    builds: [],
  },
  python: {
    about: 'the official Python client reads what the program writes',
    suffix: 'python',
    cluster: true,
    requirements: ['python3-venv'],
    builds: [],
  },
  docs: {
    about: 'the commands of the documents and the examples, executed',
    suffix: 'docs',
    cluster: true,
    parallel: true,
    requirements: ['curl'],
    builds: [],
  },
  packages: {
    about: 'the npm, Python, Go and Java packages',
    suffix: 'package',
    cluster: false,
    requirements: ['git', 'go', 'python3-venv', 'javac', 'mvn'],
    builds: [],
  },
  bench: {
    about: 'npm run bench, one round',
    suffix: 'bench',
    cluster: true,
    requirements: ['go', 'python3-venv'],
    builds: [],
  },
  long: {
    about: 'long tests: every fault at every request, random input, a hundred writers',
    suffix: 'long',
    alone: true,
    cluster: true,
    requirements: ['go'],
    builds: [],
  },
  load: {
    about: '10,000 pods for metainit, with faults of the API server, the network and the replicas',
    suffix: 'load',
    cluster: false,
    requirements: ['go'],
    builds: [],
  },
  npm: {
    about: 'the tests of the programs that npm test runs on Bun, here on Node',
    suffix: 'cluster',
    include: 'test/{runtime/programs/**/*,runtime/kubeconfig/readers,docs/security}.cluster.test.ts',
    engines: 'node',
    cluster: true,
    parallel: true,
    requirements: [],
    builds: [],
  },
  containers: {
    about: 'both images, in containers',
    suffix: 'container',
    cluster: true,
    requirements: [
      ...FOR_IMAGES,
      ...SHELL,
      ...(['getcap', 'mkfs.ext4', 'pgrep', 'podman', 'setfattr', 'unshare'] as const),
    ],
    builds: [],
  },
  helm: {
    about: 'the Helm charts, by Helm 3 and 4',
    suffix: 'helm',
    cluster: true,
    requirements: ['go'],
    builds: ['helm'],
  },
  releases: {
    about: 'the oldest and the newest release of Kubernetes',
    suffix: 'releases',
    cluster: true,
    requirements: ['go'],
    builds: ['releases', 'helm'],
  },
  node: {
    about: 'the scenarios on a node with containers (npm run test:e2e)',
    suffix: 'e2e',
    beside: true,
    cluster: false,
    requirements: [
      ...FOR_NODE,
      ...([
        'curl',
        'go',
        'openssl',
        'pgrep',
        'podman',
        'setpriv',
        'ss',
        'systemctl',
        'systemd-analyze',
      ] as const),
    ],
    builds: ['node', 'kubeadm'],
  },
  soak: {
    about: 'the renewal of a ten-minute token in real time, which takes eight minutes',
    suffix: 'soak',
    beside: true,
    cluster: true,
    requirements: [],
    builds: [],
  },
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS) as PartName[];

/** The schedule of parts. `first` and then `last` run one after the other. `beside` runs in parallel with `first`. */
export interface Schedule {
  readonly first: readonly PartName[];
  readonly beside: readonly PartName[];
  readonly last: readonly PartName[];
}

/** If there are no other parts, the parts that could run beside others are run like the others. */
export function scheduleOf(parts: readonly PartName[]): Schedule {
  const isBeside = (name: PartName) => (PARTS[name] as Part).beside === true;
  const isAlone = (name: PartName) => (PARTS[name] as Part).alone === true;
  const first = parts.filter((name) => !isBeside(name) && !isAlone(name));
  const [beside, last] = [parts.filter(isBeside), parts.filter(isAlone)];
  return first.length > 0 ? { first, beside, last } : { first: beside, beside: [], last };
}
