import { randomBytes } from 'node:crypto';
import type { HelmVersion } from '../../devcluster/builds/helm.ts';
import { helm } from './helm.ts';

/** A release of a chart in a namespace of its own, on the real API server. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  /** A command that takes the chart and values. */
  install(values?: object, ...flags: string[]): Promise<string>;
  upgrade(values?: object, ...flags: string[]): Promise<string>;
  /** A command that takes the release alone, of one word or more. */
  run(command: string, ...flags: string[]): Promise<string>;
}

/** A release that is yet to be installed. */
export function helmRelease(version: HelmVersion, chart: string, name: string): HelmRelease {
  const namespace = `helm-${randomBytes(4).toString('hex')}`;
  const where = ['--namespace', namespace];
  const withValues = (command: string, values: object, flags: readonly string[]) =>
    helm(version, [command, name, chart, ...where, '--values', '-', ...flags], {
      stdin: JSON.stringify(values),
    });
  return {
    name,
    namespace,
    install: (values = {}, ...flags) => withValues('install', values, ['--create-namespace', ...flags]),
    upgrade: (values = {}, ...flags) => withValues('upgrade', values, flags),
    run: (command, ...flags) => helm(version, [...command.split(' '), name, ...where, ...flags]),
  };
}
