import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pythonWithClient } from '../devcluster/builds/python-client.ts';

export interface Python {
  readonly interpreter: string;
  /** Where `pip install --user` puts packages; by default it depends on HOME, which a measured process has not. */
  readonly userBase: string;
  readonly version: string;
  /** Of the package `kubernetes`. */
  readonly clientVersion: string;
}

// sys.executable, because what is on the PATH may be a version manager's shell script, which takes time of its own.
const ASK =
  'import kubernetes, platform, site, sys; print(sys.executable, site.getuserbase(), platform.python_version(), kubernetes.__version__, sep="\\n")';

/** The interpreter that PYTHON names, or one with the client that the tests use; undefined where there is none. */
export async function findPython(): Promise<Python | undefined> {
  try {
    const command = process.env.PYTHON || (await pythonWithClient());
    // A measured process gets no PYTHONPATH either.
    const env = { ...process.env, PYTHONPATH: undefined };
    const { stdout } = await promisify(execFile)(command, ['-c', ASK], { env });
    const [interpreter = '', userBase = '', version = '', clientVersion = ''] = stdout.trim().split('\n');
    return { interpreter, userBase, version, clientVersion };
  } catch {
    return undefined;
  }
}
