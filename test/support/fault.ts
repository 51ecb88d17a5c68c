import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** What happens to a request on its way: `pass` takes it to the real API server. */
export type Fault =
  | {
      readonly kind: 'pass';
      readonly before?: () => Promise<unknown>;
      readonly after?: () => Promise<unknown>;
    }
  /** The server never sees it. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers?: OutgoingHttpHeaders;
    }
  | { readonly kind: 'reset'; readonly before?: () => Promise<unknown> }
  | { readonly kind: 'stall' }
  /** The server does the work, but the answer never arrives. */
  | {
      readonly kind: 'lose answer';
      readonly before?: () => Promise<unknown>;
      readonly after?: () => Promise<unknown>;
    }
  /** The answer arrives as another. */
  | { readonly kind: 'rewrite'; readonly answer: (text: string) => string }
  /** Half of the answer arrives: then the connection is reset, ends as if that were all, or goes on in silence. */
  | {
      readonly kind: 'cut';
      readonly framing: 'length' | 'chunks';
      readonly end: 'reset' | 'close' | 'silence';
    }
  /** The answer arrives as it comes, until that settles: then the connection is reset, or goes on in silence. */
  | { readonly kind: 'break off'; readonly when: Promise<unknown>; readonly end: 'reset' | 'silence' };

/** A request at the proxy, and its way on. */
export interface Passage {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly upstream: RequestOptions;
  /** Resets the connection that the request came by. */
  readonly reset: () => void;
  /** Told what the real API server said. */
  readonly onAnswer: (status: number) => void;
  /** What every answer has besides its own headers. */
  readonly headers: OutgoingHttpHeaders;
}

export async function suffer(fault: Fault, passage: Passage): Promise<void> {
  const { outgoing, reset, headers } = passage;
  switch (fault.kind) {
    case 'stall':
      return;
    case 'reset':
      await fault.before?.();
      reset();
      return;
    case 'answer': {
      const own = { 'content-type': 'application/json', ...fault.headers };
      outgoing.writeHead(fault.status, { ...own, ...headers }).end(fault.body);
      return;
    }
    case 'lose answer':
      await fault.before?.();
      await forward(passage);
      await fault.after?.();
      reset();
      return;
    case 'rewrite': {
      const { status, body } = await forward(passage);
      const own = { 'content-type': 'application/json' };
      outgoing.writeHead(status, { ...own, ...headers }).end(fault.answer(body.toString('utf8')));
      return;
    }
    case 'cut':
      await cut(fault, passage);
      return;
    case 'pass': {
      await fault.before?.();
      const answer = await open(passage);
      outgoing.writeHead(answer.statusCode ?? 0, { ...answer.headers, ...headers });
      // A watch may have nothing to tell for a while.
      outgoing.flushHeaders();
      await pipeline(answer, outgoing);
      await fault.after?.();
      return;
    }
    case 'break off': {
      const answer = await open(passage);
      outgoing.writeHead(answer.statusCode ?? 0, { ...answer.headers, ...headers });
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      await fault.when;
      answer.destroy();
      if (fault.end === 'reset') {
        reset();
      }
    }
  }
}

async function cut({ framing, end }: Extract<Fault, { kind: 'cut' }>, passage: Passage): Promise<void> {
  const { outgoing, reset, headers } = passage;
  const { status, body } = await forward(passage);
  const length = framing === 'length' ? { 'content-length': body.length } : {};
  outgoing.writeHead(status, { 'content-type': 'application/json', ...length, ...headers });
  // Flushed, or a reset would take it along.
  await new Promise((resolve) => outgoing.write(body.subarray(0, body.length / 2), resolve));
  if (end === 'reset') {
    reset();
  }
  if (end === 'close') {
    outgoing.socket?.end();
  }
}

/** What the real API server answers, once it is whole. */
async function forward(passage: Passage): Promise<{ status: number; body: Buffer }> {
  const answer = await open(passage);
  return { status: answer.statusCode ?? 0, body: await buffer(answer) };
}

async function open({ incoming, upstream, onAnswer }: Passage): Promise<IncomingMessage> {
  const { method, url, headers } = incoming;
  const body = await buffer(incoming);
  const onward = request({ ...upstream, method, path: url, headers });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  onAnswer(answer.statusCode ?? 0);
  return answer;
}
