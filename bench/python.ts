import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pythonWithClient } from '../devcluster/builds/python-client.ts';

export interface Python {
  readonly interpreter: string;
  /** The folder of `pip install --user`. Its default depends on HOME, which a measured process does not have. */
  readonly userBase: string;
  readonly version: string;
  /** The version of the package `kubernetes`. */
  readonly clientVersion: string;
}

// Uses sys.executable, because the command on the PATH may be a shell script of a version manager, which takes extra
// time.
const ASK =
  'import kubernetes, platform, site, sys; print(sys.executable, site.getuserbase(), platform.python_version(), kubernetes.__version__, sep="\\n")';

/** The interpreter in PYTHON, or the interpreter of the tests. Undefined if there is none. */
export async function findPython(): Promise<Python | undefined> {
  try {
    const command = process.env.PYTHON || (await pythonWithClient());
    // A measured process has no PYTHONPATH.
    const env = { ...process.env, PYTHONPATH: undefined };
    const { stdout } = await promisify(execFile)(command, ['-c', ASK], { env });
    const [interpreter = '', userBase = '', version = '', clientVersion = ''] = stdout.trim().split('\n');
    return { interpreter, userBase, version, clientVersion };
  } catch {
    return undefined;
  }
}
