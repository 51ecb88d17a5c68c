import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { isExecutable } from './builds/go-program.ts';
import { checkGo } from './builds/go-version.ts';
import { RELEASES } from './builds/kubernetes-releases.ts';

/**
 * The commands that a machine may lack, and their Debian packages. This is the only such list: the node's check, the
 * messages of failed commands, `npm run test:all` and CI use it.
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
  openssl: ['openssl'],
  pgrep: ['procps'],
  podman: ['podman', 'runc'],
  python3: ['python3', 'python3-venv'],
  runc: ['runc'],
  setfattr: ['attr'],
  setpriv: ['util-linux'],
  shellcheck: ['shellcheck'],
  ss: ['iproute2'],
  sysctl: ['procps'],
  systemctl: ['systemd'],
  'systemd-analyze': ['systemd'],
  unshare: ['util-linux'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Command = keyof typeof COMMANDS;

/** Requirements that are not commands: how they are checked, their titles, and what to do if they are missing. */
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
    title: 'root on Linux, for namespaces, mounts and cgroups: run this as root on Linux',
  },
  'bridge-filter': {
    isMet: async () => existsSync('/proc/sys/net/bridge/bridge-nf-call-iptables'),
    title: "the kernel's filter for bridges (module br_netfilter)",
    packages: ['kmod'],
    command: 'modprobe br_netfilter',
  },
  'package-lists': {
    isMet: hasPackageLists,
    title: "Debian's apt-get with package lists, because images are made of Debian packages",
    packages: [],
  },
} as const satisfies Readonly<Record<string, Other>>;

const PYTHON_IS_NEW_AND_HAS_VENV = 'import ensurepip, sys, venv; assert sys.version_info >= (3, 10)';

interface Other {
  readonly isMet: (path: string) => Promise<boolean>;
  readonly title: string;
  /** The Debian packages. Empty if `apt-get update` is enough. */
  readonly packages?: readonly string[];
  /** The command that root must run. */
  readonly command?: string;
}

export type Requirement = Command | keyof typeof OTHERS;

/** The requirements for building the images of devcluster/images. */
export const FOR_IMAGES: readonly Requirement[] = [
  ...(['root', 'package-lists', 'buildah', 'runc', 'mmdebstrap'] as const),
];

/** The requirements for a node and its images. */
export const FOR_NODE: readonly Requirement[] = [
  ...FOR_IMAGES,
  ...(['bridge-filter', 'flock', 'ip', 'mount', 'nft', 'nsenter', 'sysctl', 'unshare'] as const),
];

/** Something that this machine lacks. */
export interface Missing {
  readonly title: string;
  /** @default - it is not in a Debian package */
  readonly packages?: readonly string[];
  readonly command?: string;
}

/** @param path the folders of commands @default - PATH */
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

/** The missing things, one per line, and the one command with which root installs everything that can be installed. */
export function describeMissing(missing: readonly Missing[], onDebian = isDebian()): string {
  const lines = missing.map(({ title, packages = [] }) =>
    packages.length > 0 && !packages.includes(title) ? `${title} (${packages.join(', ')})` : title,
  );
  const command = installCommand(missing);
  const help = onDebian && command !== undefined ? `\nAs root, install it with:\n  ${command}` : '';
  return `${[...new Set(lines)].map((line) => `  ${line}`).join('\n')}${help}`;
}

/** The command for Debian. Undefined if no command helps. */
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

/** How to install a command, for the message of a call that failed because the command is missing. */
export function howToInstall(command: string): string {
  return `apt-get install ${isCommand(command) ? COMMANDS[command].join(' ') : command}`;
}

export function isDebian(): boolean {
  return existsSync('/usr/bin/apt-get');
}

/** The path of a command. @param path folders in the form of PATH */
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
