import type { Fault } from './fault.ts';

/** A fault of one request, which another attempt gets over. */
export interface FaultCase {
  readonly name: string;
  readonly fault: Fault;
  /** What the program says of it. */
  readonly message: RegExp;
  /** The server did what it was asked for all the same. */
  readonly done: boolean;
  /** Whether to try what happens where it never ends: another such is like it. */
  readonly everyTime: boolean;
}

const BROKE_OFF = /ECONNRESET|the answer broke off|ConnectionClosed|aborted|socket hang up/;

const LOST: readonly FaultCase[] = [
  {
    name: 'a connection that is reset',
    fault: { kind: 'reset' },
    message: BROKE_OFF,
    done: false,
    everyTime: true,
  },
  {
    name: 'an answer that is lost',
    fault: { kind: 'lose answer' },
    message: BROKE_OFF,
    done: true,
    everyTime: true,
  },
  ...(['length', 'chunks'] as const).flatMap((framing) =>
    (['reset', 'close'] as const).map((end) => ({
      name: `half an answer in ${framing}, then a ${end}`,
      fault: { kind: 'cut', framing, end } as const,
      message: BROKE_OFF,
      done: true,
      everyTime: end === 'reset',
    })),
  ),
];

const ERRORS: readonly FaultCase[] = [408, 429, 500, 502, 503, 504].map((status) => ({
  name: `the status ${status}`,
  fault: { kind: 'answer', status, body: '{"kind": "Status", "message": "etcd is ill"}' },
  message: new RegExp(` ${status}: etcd is ill`),
  done: false,
  everyTime: [408, 429, 500].includes(status),
}));

const PAGE = '<!doctype html><title>Bad gateway</title>';

/** Right so far, but what should be a text is none. */
const WRONG_VALUES = JSON.stringify({
  kind: 'ConfigMap',
  metadata: { resourceVersion: '7' },
  data: { kubeconfig: 7 },
  status: { token: 'a b', expirationTimestamp: '2030-01-01T00:00:00Z' },
});

const GARBLED: readonly FaultCase[] = [
  {
    name: 'the status 502 with a page',
    fault: { kind: 'answer', status: 502, headers: { 'content-type': 'text/html' }, body: PAGE },
    message: /: 502\b/,
    done: false,
    everyTime: false,
  },
  ...[
    ['a page', PAGE],
    ['nothing', ''],
  ].map(([name, body = '']) => ({
    name: `an answer of ${name}`,
    fault: { kind: 'answer', status: 200, body } as const,
    message: /the answer is not JSON/,
    done: false,
    everyTime: name === 'a page',
  })),
  ...['{}', 'null', '{"kind":"ConfigMap","metadata":{}}', WRONG_VALUES].map((body) => ({
    name: `an answer of ${body}`,
    fault: { kind: 'answer', status: 200, body } as const,
    message: /the answer is not a (ConfigMap|TokenRequest|SelfSubjectReview)/,
    done: false,
    everyTime: body === '{}',
  })),
  {
    name: 'an answer without its last byte',
    fault: { kind: 'rewrite', answer: (text) => text.trimEnd().slice(0, -1) },
    message: /the answer is not JSON/,
    done: true,
    everyTime: false,
  },
  {
    name: 'an answer within a list',
    fault: {
      kind: 'rewrite',
      answer: (text) => `{"kind": "List", "metadata": {"resourceVersion": "7"}, "items": [${text}]}`,
    },
    message: /the answer is not a (ConfigMap|TokenRequest|SelfSubjectReview)/,
    done: true,
    everyTime: true,
  },
];

/** What fails at once. */
export const FAULTS: readonly FaultCase[] = [...LOST, ...ERRORS, ...GARBLED];

export const NO_ANSWER = /no answer within \d+(\.\d)? s/;

/** What takes all the time that an attempt has. */
export const STALLS: readonly FaultCase[] = [
  { name: 'silence', fault: { kind: 'stall' }, message: NO_ANSWER, done: false, everyTime: true },
  {
    name: 'half an answer, and then silence',
    fault: { kind: 'cut', framing: 'length', end: 'silence' },
    message: NO_ANSWER,
    done: true,
    everyTime: true,
  },
];
