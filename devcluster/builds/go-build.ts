import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Progress } from '../progress.ts';

/** Thrown when there is no `go` to run. */
export class GoMissingError extends Error {
  override readonly name = 'GoMissingError';
}

export interface GoBuildOptions {
  /** The main package. */
  readonly package: string;
  /** The executable to write. */
  readonly output: string;
  /** Where go.mod is. */
  readonly moduleFolder: string;
  /** An existing folder for go's intermediate files; who kills go removes it. */
  readonly workFolder: string;
  readonly ldflags: string;
  readonly goos: string;
  readonly goarch: string;
  readonly onProgress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** Builds one statically linked executable from Go modules, exactly those that go.sum names. */
export async function goBuild(options: GoBuildOptions): Promise<void> {
  const flags = ['-mod=readonly', '-trimpath', `-ldflags=${options.ldflags}`];
  const packages = await listPackagesToCompile(flags, options);

  let compiled = 0;
  await runGo(['build', ...flags, '-v', '-o', options.output, options.package], options, {
    onErrorLine: (line) => {
      if (!packages.has(line)) {
        return;
      }
      compiled += 1;
      options.onProgress(`${compiled} of ${packages.size} packages`);
      if (compiled === packages.size) {
        options.onProgress('linking');
      }
    },
  });
}

/** What is not in go's build cache yet: usually everything, or next to nothing. */
async function listPackagesToCompile(
  flags: readonly string[],
  options: GoBuildOptions,
): Promise<ReadonlySet<string>> {
  const packages = new Set<string>();
  options.onProgress('listing packages');
  const format = '{{if .Stale}}{{.ImportPath}}{{end}}';
  await runGo(['list', ...flags, '-deps', '-f', format, options.package], options, {
    onLine: (line) => packages.add(line),
    onErrorLine: options.onProgress, // "go: downloading …"
  });
  return packages;
}

interface LineHandlers {
  readonly onLine?: (line: string) => void;
  readonly onErrorLine?: (line: string) => void;
}

async function runGo(
  args: readonly string[],
  options: GoBuildOptions,
  handlers: LineHandlers,
): Promise<void> {
  options.signal?.throwIfAborted();
  const go = spawn('go', args, {
    cwd: options.moduleFolder,
    env: {
      ...process.env,
      CGO_ENABLED: '0',
      GOOS: options.goos,
      GOARCH: options.goarch,
      GOWORK: 'off',
      GOTMPDIR: options.workFolder,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that one signal reaches the compilers that go starts, too.
    detached: true,
  });
  const { pid } = go;
  const kill = () => {
    if (pid !== undefined) {
      process.kill(-pid, 'SIGKILL');
    }
  };
  options.signal?.addEventListener('abort', kill);

  const errorLines: string[] = [];
  createInterface(go.stdout).on('line', (line) => handlers.onLine?.(line));
  createInterface(go.stderr).on('line', (line) => {
    errorLines.push(line);
    handlers.onErrorLine?.(line);
  });

  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      go.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? new GoMissingError('there is no `go` on the PATH') : error),
      );
      go.once('close', resolve);
    });
    options.signal?.throwIfAborted();
    if (code !== 0) {
      throw new Error(`go ${args[0]} failed:\n${errorLines.slice(-20).join('\n')}`);
    }
  } finally {
    options.signal?.removeEventListener('abort', kill);
  }
}
