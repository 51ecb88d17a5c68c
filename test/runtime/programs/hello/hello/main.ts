// The smallest program: it reads one ConfigMap of its own cluster and prints a value.
import { readFileSync } from 'node:fs';
import { type Command, HELP_FLAG, LOG_FORMAT_FLAG, VERSION_FLAG } from '../../cli/command.ts';
import { ExitCode } from '../../cli/exit-code.ts';
import { Failure } from '../../cli/failure.ts';
import { type Dependencies, runProgram } from '../../cli/run-program.ts';
import { connectInCluster } from '../../kube/connect.ts';
import { getDataObject } from '../../kube/data-objects.ts';
import { explainError } from '../../kube/explain.ts';
import packageJson from '../../package.json' with { type: 'json' };

const COMMAND: Command = {
  name: 'hello',
  summary: 'print what a ConfigMap greets with',
  sections: [
    {
      title: 'Flags',
      flags: {
        namespace: { placeholder: 'NAMESPACE', required: true, help: 'namespace of the ConfigMap' },
        'log-format': LOG_FORMAT_FLAG,
        help: HELP_FLAG,
        version: VERSION_FLAG,
      },
    },
  ],
};

interface Options {
  readonly namespace: string;
}

async function hello(
  { namespace }: Options,
  { env, clock, redactor, print }: Dependencies,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { transport } = connectInCluster(env.SERVICE_ACCOUNT_DIRECTORY ?? '', {
    env,
    clock,
    readFile: (path) => readFileSync(path, 'utf8'),
    userAgent: 'hello',
    addSecret: redactor.addSecret,
  });
  try {
    const ref = { kind: 'ConfigMap', namespace, name: 'hello' } as const;
    const { text } = await getDataObject(transport, ref, signal);
    print(text.greeting ?? 'no greeting');
    return ExitCode.ok;
  } catch (error) {
    const explanation = explainError(error);
    if (explanation === undefined) {
      throw error;
    }
    throw new Failure(ExitCode[explanation.kind], explanation.message, explanation.hint, { cause: error });
  }
}

runProgram({
  command: COMMAND,
  version: packageJson.version,
  readOptions: ({ values }) => ({ namespace: values.get('namespace', String) }),
  run: hello,
});
