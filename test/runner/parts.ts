import type { BuildGroup } from '../../devcluster/builds/build-all.ts';
import { FOR_IMAGES, FOR_NODE, type Requirement } from '../../devcluster/requirements.ts';

/** A named part of the tests: a project of Vitest. */
export interface Part {
  readonly about: string;
  /** What the names of its files end in, before `.test.ts`. */
  readonly suffix: string;
  /** Its files, where they are not all with that suffix. */
  readonly include?: string;
  /** The engines of multisite-init that it runs. @default - both */
  readonly engines?: string;
  /** Whether its files run side by side: they wait more than they work, and none is about time. @default false */
  readonly parallel?: boolean;
  /** Whether it waits most of the time, and so runs beside the other parts. @default false */
  readonly beside?: boolean;
  /** Whether its tests are about time, so that it runs when all others have ended. @default false */
  readonly alone?: boolean;
  /** Whether its files share an API server. */
  readonly cluster: boolean;
  readonly requirements: readonly Requirement[];
  /** What devcluster builds for it, beyond the control plane. */
  readonly builds: readonly BuildGroup[];
}

const SHELL: readonly Requirement[] = ['git', 'shellcheck', 'python3'];

/** What `npm run test:all` runs, in this order: first what needs none of the slow builds. */
export const PARTS = {
  shell: {
    about: 'shell scripts, by shellcheck and bats; the GitHub workflow, by actionlint',
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
    about: 'the commands of the documents and the examples, typed',
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
    requirements: ['python3-venv'],
    builds: [],
  },
  long: {
    about: 'what takes minutes: every fault at every request, random input, a hundred writers',
    suffix: 'long',
    alone: true,
    cluster: true,
    requirements: ['go'],
    builds: [],
  },
  npm: {
    about: 'the tests of multisite-init that npm test runs on Bun, on Node',
    suffix: 'cluster',
    include:
      'test/{runtime/programs/multisite-init/**/*,runtime/kubeconfig/readers,docs/security}.cluster.test.ts',
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
    about: 'the Helm chart, by Helm 3 and 4',
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
    builds: ['releases'],
  },
  node: {
    about: 'the scenarios on a node with containers (npm run test:e2e)',
    suffix: 'e2e',
    beside: true,
    cluster: false,
    requirements: [...FOR_NODE, 'go', 'podman', 'pgrep'],
    builds: ['node'],
  },
  soak: {
    about: 'a real rotation of a ten-minute token: eight minutes',
    suffix: 'soak',
    beside: true,
    cluster: true,
    requirements: [],
    builds: [],
  },
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS) as PartName[];

/** How parts run: first some one after the other, and some beside those; then the rest, one after the other. */
export interface Schedule {
  readonly first: readonly PartName[];
  readonly beside: readonly PartName[];
  readonly last: readonly PartName[];
}

/** Parts that could run beside others are shown like the others where there are none. */
export function scheduleOf(parts: readonly PartName[]): Schedule {
  const isBeside = (name: PartName) => (PARTS[name] as Part).beside === true;
  const isAlone = (name: PartName) => (PARTS[name] as Part).alone === true;
  const first = parts.filter((name) => !isBeside(name) && !isAlone(name));
  const [beside, last] = [parts.filter(isBeside), parts.filter(isAlone)];
  return first.length > 0 ? { first, beside, last } : { first: beside, beside: [], last };
}
