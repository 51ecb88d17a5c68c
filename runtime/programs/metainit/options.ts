import { LOG_FORMATS, type LogFormat } from '../../cli/log.ts';
import {
  parseFilePath,
  parseIpAddress,
  parseNamespace,
  parseOneOf,
  parsePort,
  parseQualifiedName,
} from '../../cli/parse-values.ts';
import type { Values } from '../../cli/values.ts';
import { DEFAULT_LABEL } from './command.ts';

/** The command line as data. */
export interface Options {
  /** Key of the label. */
  readonly label: string;
  /** Empty for all namespaces. */
  readonly namespaces: readonly string[];
  /** The only gates to remove; undefined for all. */
  readonly gates: ReadonlySet<string> | undefined;
  readonly kubeconfig: string | undefined;
  readonly mode: 'watch' | 'once' | 'dry run';
  /** The port of the endpoints, without `--once` and `--dry-run`. */
  readonly port: number;
  /** The address of the endpoints; undefined for all addresses. */
  readonly host: string | undefined;
  readonly logFormat: LogFormat;
}

/** @throws Failure (exit code 2) with the wrong flag and the right form */
export function readOptions(values: Values): Options {
  const [label = DEFAULT_LABEL] = values.arguments('LABEL', parseQualifiedName('a label key'));
  const gates = values.all('gate', parseQualifiedName("a scheduling gate's name"));
  return {
    label,
    namespaces: [...new Set(values.all('namespace', parseNamespace))],
    gates: gates.length === 0 ? undefined : new Set(gates),
    kubeconfig: values.find('kubeconfig', parseFilePath),
    mode: values.has('dry-run') ? 'dry run' : values.has('once') ? 'once' : 'watch',
    port: values.get('port', parsePort),
    host: values.find('bind-address', parseIpAddress),
    logFormat: values.get('log-format', parseOneOf(LOG_FORMATS)),
  };
}
