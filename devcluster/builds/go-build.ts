import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Progress } from '../progress.ts';
import { checkGo, GoError } from './go-version.ts';

export interface GoBuildOptions {
  /** The main package. */
  readonly package: string;
  /** The executable to write. */
  readonly output: string;
  /** The folder of go.mod. */
  readonly moduleFolder: string;
  /** An existing folder for go's intermediate files. Whoever kills go removes the folder. */
  readonly workFolder: string;
  readonly ldflags: string;
  readonly goos: string;
  readonly goarch: string;
  readonly onProgress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** Go's messages without a network, or without an answer from it. */
const NO_NETWORK =
  /module lookup disabled by GOPROXY=off|\bdial (tcp|udp)\b|no such host|proxyconnect|TLS handshake|i\/o timeout/;

/**
 * Builds one statically linked executable from Go modules, with exactly the versions of go.sum.
 *
 * @throws GoError if this machine has no Go, has only an old Go, or has no network
 */
export async function goBuild(options: GoBuildOptions): Promise<void> {
  await checkGo(options.moduleFolder);
  const flags = ['-mod=readonly', '-trimpath', `-ldflags=${options.ldflags}`];
  const packages = await listPackagesToCompile(flags, options);

  let compiled = 0;
  await runGo(['build', ...flags, '-v', '-o', options.output, options.package], options, {
    onErrorLine: (line) => {
      if (!packages.has(line)) {
        return;
      }
      compiled += 1;
      options.onProgress(`${compiled} of ${packages.size} packages`, compiled / packages.size);
      if (compiled === packages.size) {
        options.onProgress('linking, which takes a while');
      }
    },
  });
}

/** The packages that are not in go's build cache yet: usually all of them, or almost none. */
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
      // Compilers live for a moment: collecting less garbage saves 15 % of their CPU time (etcd: 91 s instead of 107 s).
      GOGC: process.env.GOGC ?? '400',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that one signal also reaches the compilers that go starts.
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
      go.once('error', reject);
      go.once('close', resolve);
    });
    options.signal?.throwIfAborted();
    if (code !== 0) {
      throw whyFailed(args[0] ?? '', errorLines);
    }
  } finally {
    options.signal?.removeEventListener('abort', kill);
  }
}

function whyFailed(subcommand: string, errorLines: readonly string[]): Error {
  const noNetwork = errorLines.find((line) => NO_NETWORK.test(line));
  return noNetwork === undefined
    ? new Error(`go ${subcommand} failed:\n${errorLines.slice(-20).join('\n')}`)
    : new GoError(
        `its Go modules cannot be downloaded: ${noNetwork}`,
        'connect this machine to the network (Go obeys HTTPS_PROXY, and GOPROXY for a mirror of Go modules)',
      );
}
