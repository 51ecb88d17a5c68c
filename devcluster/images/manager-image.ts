import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bud } from './containers.ts';
import { type BaseImage, ensureStandInBase } from './stand-in-base.ts';

const SOURCE = join(import.meta.dirname, '../../cloudify-manager');
const MANIFEST = 'type-files.tsv';

export interface TypeFile {
  /** Below /opt/manager/resources. */
  readonly path: string;
  readonly version: string;
  readonly url: string;
  readonly content: string;
}

export interface ManagerImage {
  readonly base: BaseImage;
  /** The type files. Their content is always generated. @default - the files of type-files.tsv */
  readonly typeFiles?: readonly TypeFile[];
}

/** The input of `buildah bud`: a copy of cloudify-manager/ with a manifest of files that need no internet. */
export interface Build {
  readonly context: string;
  /** The mirror has each file at the path of its URL. */
  readonly mirror: string;
}

/**
 * Builds cloudify-manager/Dockerfile on a stand-in for the base image. Layers that were built before come from the
 * store.
 */
export async function buildManagerImage(name: string, { base, typeFiles }: ManagerImage): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'manager-image-'));
  try {
    await build(name, base, await prepareBuild(folder, typeFiles ?? (await listedTypeFiles())));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function prepareBuild(folder: string, typeFiles: readonly TypeFile[]): Promise<Build> {
  const [context, mirror] = [join(folder, 'context'), join(folder, 'mirror')];
  await cp(SOURCE, context, { recursive: true });
  const lines: string[] = [];
  for (const { path, version, url, content } of typeFiles) {
    const file = mirrored(mirror, url);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    lines.push([path, version, url, createHash('sha256').update(content).digest('hex')].join('\t'));
  }
  await writeFile(join(context, MANIFEST), lines.map((line) => `${line}\n`).join(''));
  return { context, mirror };
}

export async function build(name: string, base: BaseImage, { context, mirror }: Build): Promise<void> {
  await ensureStandInBase(base);
  await bud(
    ...[`--tag=${name}`, `--build-arg=BASE_IMAGE=${base}`, '--build-arg=TYPE_FILE_MIRROR=file:///mirror'],
    ...[`--volume=${mirror}:/mirror:ro`, context],
  );
}

/** The path of a URL's file in a mirror. */
export function mirrored(mirror: string, url: string): string {
  return join(mirror, new URL(url).pathname);
}

/** The files of cloudify-manager/type-files.tsv, each with different content. */
export async function listedTypeFiles(): Promise<TypeFile[]> {
  const lines = (await readFile(join(SOURCE, MANIFEST), 'utf8')).split('\n');
  return lines
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => {
      const [path, version, url] = line.split('\t');
      if (!path || !version || !url) {
        throw new Error(`${MANIFEST}: this line has no path, version and URL: ${line}`);
      }
      return { path, version, url, content: typesOf(path) };
    });
}

export function typesOf(path: string): string {
  return `# ${path}\ntosca_definitions_version: cloudify_dsl_1_3\n`;
}
