import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { isExecutable } from './builds/go-program.ts';
import { checkGo } from './builds/go-version.ts';
import { RELEASES } from './builds/kubernetes-releases.ts';

/**
 * The one list of what a machine may lack: commands, and Debian's packages of them. The node's check, the messages of failed
 * commands, `npm run test:all` and CI go by it.
 */
const COMMANDS = {
  buildah: ['buildah'],
  curl: ['curl'],
  flock: ['util-linux'],
  getcap: ['libcap2-bin'],
  git: ['git'],
  ip: ['iproute2'],
  javac: ['default-jdk-headless'],
  'mkfs.ext4': ['e2fsprogs'],
  mmdebstrap: ['mmdebstrap'],
  mount: ['mount'],
  mvn: ['maven'],
  nft: ['nftables'],
  nsenter: ['util-linux'],
  pgrep: ['procps'],
  podman: ['podman', 'runc'],
  python3: ['python3', 'python3-venv'],
  runc: ['runc'],
  setfattr: ['attr'],
  shellcheck: ['shellcheck'],
  sysctl: ['procps'],
  unshare: ['util-linux'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Command = keyof typeof COMMANDS;

/** What is no command of a package: how it is found, what it is called, and what to do where it is missing. */
const OTHERS = {
  go: {
    isMet: (path) => isGoNewEnough(path),
    title: 'Go 1.26 or newer (https://go.dev/dl/)',
  },
  'python3-venv': {
    isMet: (path) => succeeds('python3', ['-c', PYTHON_IS_NEW_AND_HAS_VENV], path),
    title: 'Python 3.10 or newer with venv and pip',
    packages: COMMANDS.python3,
  },
  root: {
    isMet: async () => process.platform === 'linux' && process.getuid?.() === 0,
    title: 'root on Linux, for namespaces, mounts and cgroups: run this as root there',
  },
  'bridge-filter': {
    isMet: async () => existsSync('/proc/sys/net/bridge/bridge-nf-call-iptables'),
    title: "the kernel's filter for bridges (module br_netfilter)",
    packages: ['kmod'],
    command: 'modprobe br_netfilter',
  },
  'package-lists': {
    isMet: hasPackageLists,
    title: "Debian's apt-get with package lists, since images are made of Debian packages",
    packages: [],
  },
} as const satisfies Readonly<Record<string, Other>>;

const PYTHON_IS_NEW_AND_HAS_VENV = 'import ensurepip, sys, venv; assert sys.version_info >= (3, 10)';

interface Other {
  readonly isMet: (path: string) => Promise<boolean>;
  readonly title: string;
  /** Debian's packages. Empty: `apt-get update` is enough. */
  readonly packages?: readonly string[];
  /** What root types for it. */
  readonly command?: string;
}

export type Requirement = Command | keyof typeof OTHERS;

/** What the images of devcluster/images are made with. */
export const FOR_IMAGES: readonly Requirement[] = [
  ...(['root', 'package-lists', 'buildah', 'runc', 'mmdebstrap'] as const),
];

/** What a node and its images are made with. */
export const FOR_NODE: readonly Requirement[] = [
  ...FOR_IMAGES,
  ...(['bridge-filter', 'flock', 'ip', 'mount', 'nft', 'nsenter', 'sysctl', 'unshare'] as const),
];

/** Something that this machine lacks. */
export interface Missing {
  readonly title: string;
  /** @default - no package of Debian has it */
  readonly packages?: readonly string[];
  readonly command?: string;
}

/** @param path where commands are looked for @default - PATH */
export async function findMissing(
  requirements: readonly Requirement[],
  path = process.env.PATH ?? '',
): Promise<Missing[]> {
  const missing: Missing[] = [];
  for (const name of new Set(requirements)) {
    if (isCommand(name)) {
      if ((await findCommand(name, path)) === undefined) {
        missing.push({ title: name, packages: COMMANDS[name] });
      }
    } else if (!(await OTHERS[name].isMet(path))) {
      missing.push(OTHERS[name]);
    }
  }
  return missing;
}

/** What is missing, a line each, and the one command that root types for all that a command can bring. */
export function describeMissing(missing: readonly Missing[], onDebian = isDebian()): string {
  const lines = missing.map(({ title, packages = [] }) =>
    packages.length > 0 && !packages.includes(title) ? `${title} (${packages.join(', ')})` : title,
  );
  const command = installCommand(missing);
  const help = onDebian && command !== undefined ? `\nAs root, this installs it:\n  ${command}` : '';
  return `${[...new Set(lines)].map((line) => `  ${line}`).join('\n')}${help}`;
}

/** For Debian; undefined where no command helps. */
export function installCommand(missing: readonly Missing[]): string | undefined {
  const ofPackages = missing.flatMap(({ packages }) => packages ?? []);
  const packages = [...new Set(ofPackages)].toSorted();
  const steps: string[] = [];
  if (missing.some((one) => one.packages !== undefined)) {
    steps.push('apt-get update');
  }
  if (packages.length > 0) {
    steps.push(`apt-get install --yes --no-install-recommends ${packages.join(' ')}`);
  }
  steps.push(...missing.flatMap(({ command }) => command ?? []));
  return steps.length > 0 ? steps.join(' && ') : undefined;
}

/** How to get a command, for the message of a call that failed since it is missing. */
export function howToInstall(command: string): string {
  return `apt-get install ${isCommand(command) ? COMMANDS[command].join(' ') : command}`;
}

export function isDebian(): boolean {
  return existsSync('/usr/bin/apt-get');
}

/** The path of a command. @param path folders, as in PATH */
export async function findCommand(command: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, command);
    if (await isExecutable(file)) {
      return file;
    }
  }
  return undefined;
}

function isCommand(name: string): name is Command {
  return Object.hasOwn(COMMANDS, name);
}

async function isGoNewEnough(path: string): Promise<boolean> {
  return checkGo(RELEASES.main.moduleFolder, path).then(
    () => true,
    () => false,
  );
}

async function hasPackageLists(): Promise<boolean> {
  const files = await readdir('/var/lib/apt/lists').catch(() => []);
  return isDebian() && files.some((file) => file.includes('_Packages'));
}

async function succeeds(command: string, args: readonly string[], path: string): Promise<boolean> {
  const found = await findCommand(command, path);
  if (found === undefined) {
    return false;
  }
  return promisify(execFile)(found, [...args]).then(
    () => true,
    () => false,
  );
}
