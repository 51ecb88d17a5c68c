import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { ExitCode } from '../../cli/exit-code.ts';
import { Failure } from '../../cli/failure.ts';
import type { Dependencies } from '../../cli/run-program.ts';
import { CredentialsError } from '../../kube/errors.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { ClientCertificate } from './client-certificate.ts';
import { connect } from './connect.ts';
import type { Deps } from './deps.ts';
import { explainFailure, failureOf } from './explain-failure.ts';
import type { Options } from './options.ts';

/** Releases held pods, once or until the signal is aborted. @throws Failure */
export async function metainit(
  options: Options,
  dependencies: Dependencies,
  signal: AbortSignal,
): Promise<ExitCode> {
  const deps = createDeps(options, dependencies);
  try {
    return await run(options, deps, dependencies, signal);
  } catch (error) {
    throw error instanceof Failure || signal.aborted ? error : await deps.explain(error, signal);
  }
}

/** @throws Failure if there are no credentials */
function createDeps(options: Options, { env, clock, log, redactor }: Dependencies): Deps {
  const certificate = new ClientCertificate();
  try {
    const transport = connect(options, {
      env,
      readFile: (path) => readFileSync(path, 'utf8'),
      clock,
      userAgent: `metainit/${packageJson.version}`,
      addSecret: redactor.addSecret,
      onClientCertificate: certificate.isUsed,
    });
    const explain = (error: unknown, signal: AbortSignal) =>
      explainFailure(error, options, { transport, clock }, signal);
    return { transport, certificate, clock, log, instance: hostname(), explain };
  } catch (error) {
    throw error instanceof CredentialsError ? failureOf(error) : error;
  }
}

/** Each mode loads only its own code. */
async function run(
  options: Options,
  deps: Deps,
  { redactor, print }: Dependencies,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.mode === 'watch') {
    const { serve } = await import('./service.ts');
    return serve(options, deps, redactor.redact, signal);
  }
  const { listHeldPods, releaseOnce } = await import('./once.ts');
  const { dryRunResult, onceResult } = await import('./result.ts');
  print(
    options.mode === 'once'
      ? onceResult(await releaseOnce(options, deps, signal), options)
      : dryRunResult(await listHeldPods(options, deps, signal), options),
  );
  return ExitCode.ok;
}
