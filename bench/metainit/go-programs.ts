import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goProgram } from '../../devcluster/builds/go-program.ts';
import { pinnedModule } from '../../devcluster/builds/pinned-module.ts';
import type { Progress } from '../../devcluster/progress.ts';

const MODULE_FOLDER = join(import.meta.dirname, 'go');

/** The paths of the programs in Go. */
export interface GoPrograms {
  /** The controller that metainit is compared with. */
  readonly controller: string;
  /** Creates pods and measures how long they are held. */
  readonly load: string;
}

export const CLIENT_GO = pinnedModule('k8s.io/client-go', MODULE_FOLDER).version;

/** The programs, from the cache. They are built first if a source has changed. */
export async function goPrograms(onProgress: Progress, signal: AbortSignal): Promise<GoPrograms> {
  const release = `bench-metainit-${hashOfSources()}`;
  const program = (name: string) =>
    goProgram(
      {
        name,
        title: `${name} of the bench`,
        release,
        package: `./${name}`,
        moduleFolder: MODULE_FOLDER,
        variables: {},
        insteadOfBuilding: 'run the bench without this part, with --only',
      },
      onProgress,
      signal,
    );
  return { controller: await program('controller'), load: await program('load') };
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const path of globSync('**/*', { cwd: MODULE_FOLDER, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()) {
    hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
}
