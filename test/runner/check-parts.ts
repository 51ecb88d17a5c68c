import { isControlPlaneBuilt } from '../../devcluster/builds/kubernetes.ts';
import {
  describeMissing,
  findMissing,
  type Missing,
  type Requirement,
} from '../../devcluster/requirements.ts';
import { PART_NAMES, PARTS, type PartName } from './parts.ts';

/** The request of a call of `npm run test:all`. */
export interface Request {
  readonly help: boolean;
  readonly install: boolean;
  readonly parts: readonly PartName[];
  /** Substrings of the paths of test files. Without any, all files are tested. */
  readonly files: readonly string[];
}

/** @throws with the names of all parts, if a word is neither a part nor a path */
export function parseRequest(args: readonly string[]): Request {
  const flags = new Set(args.filter((arg) => arg.startsWith('-')));
  const words = args.filter((arg) => !arg.startsWith('-'));
  for (const flag of flags) {
    if (!['--help', '-h', '--install'].includes(flag)) {
      throw new Error(`there is no flag ${flag}. See: npm run test:all -- --help`);
    }
  }
  const files = words.filter((word) => /[./]/.test(word));
  const names = words.filter((word) => !files.includes(word));
  const unknown = names.find((name) => !isPart(name));
  if (unknown !== undefined) {
    throw new Error(
      `there is no part ${unknown} of the tests. The parts are ${PART_NAMES.join(', ')}. A word with a / or a dot is a file`,
    );
  }
  return {
    help: flags.has('--help') || flags.has('-h'),
    install: flags.has('--install'),
    parts: PART_NAMES.filter((name) => names.length === 0 || names.includes(name)),
    files,
  };
}

export interface Lack {
  readonly part: PartName;
  readonly missing: readonly Missing[];
}

/**
 * What this machine lacks for each part. Parts that lack nothing are left out.
 *
 * @param isBuilt whether the control plane is in the cache. If not, the parts that start one need Go
 */
export async function findLacks(
  parts: readonly PartName[],
  path = process.env.PATH ?? '',
  isBuilt = isControlPlaneBuilt,
): Promise<Lack[]> {
  const lacks: Lack[] = [];
  const forControlPlane: readonly Requirement[] = (await isBuilt()) ? [] : ['go'];
  for (const part of parts) {
    const { requirements, cluster } = PARTS[part];
    const missing = await findMissing([...requirements, ...(cluster ? forControlPlane : [])], path);
    if (missing.length > 0) {
      lacks.push({ part, missing });
    }
  }
  return lacks;
}

/** Describes everything that is missing, and what to do. */
export function describeLacks(lacks: readonly Lack[], onDebian?: boolean): string {
  const parts = lacks.map(({ part }) => part).join(', ');
  const missing = new Map(lacks.flatMap((lack) => lack.missing).map((one) => [one.title, one]));
  return `Nothing was run. This machine lacks what these parts need (${parts}):\n${describeMissing([...missing.values()], onDebian)}`;
}

function isPart(name: string): name is PartName {
  return PART_NAMES.some((part) => part === name);
}
