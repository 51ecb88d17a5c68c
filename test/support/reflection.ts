import { EventEmitter, on } from 'node:events';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../runtime/async/clock.ts';
import { apiServerAt } from '../../runtime/kube/api-server.ts';
import { bearerConnection } from '../../runtime/kube/connection.ts';
import { ApiError, type CredentialsError, type KubeError } from '../../runtime/kube/errors.ts';
import {
  REFLECTOR_LIMITS,
  Reflector,
  type ReflectorLimits,
  type Selection,
} from '../../runtime/kube/reflector.ts';
import type { KubeObject } from '../../runtime/kube/resource.ts';
import { createTransport } from '../../runtime/kube/transport.ts';
import type { Collection } from './collection.ts';

/** Real time, but short pauses each time. */
export const HASTY_CLOCK: Clock = { ...systemClock, random: () => 0.02 };

export interface ReflectionOptions {
  readonly selection?: Selection;
  readonly clock?: Clock;
  readonly limits?: Partial<ReflectorLimits>;
  readonly project?: (object: KubeObject) => string;
  /** Told of each request before it goes. What it throws keeps the request from going. */
  readonly onConnect?: () => void;
  /** Watches only, from there on. @default - lists and watches */
  readonly from?: string;
}

/** A reflector that runs until the end of the test, and what it told. */
export interface Reflection {
  readonly reflector: Reflector<string>;
  /** As in `applied NAME`, `deleted NAME`, `synced`, `failed 410`, `failed UnreachableError`. */
  readonly told: readonly string[];
  /** How many watches the server has answered. */
  readonly opened: number;
  readonly errors: readonly (KubeError | CredentialsError)[];
  /** Resolves once something was told so often. @throws what ends the reflector before that */
  tells(what: string, times?: number): Promise<void>;
  /** The names in its store, sorted. */
  names(): string[];
  readonly end: AbortController;
  readonly ended: Promise<never>;
}

/** Runs a reflector of a collection, as its reader, against a server. */
export function reflect(
  server: { readonly port: number; readonly ca: string },
  collection: Collection,
  options: ReflectionOptions = {},
): Reflection {
  const { selection = collection.selection, clock = HASTY_CLOCK, limits, onConnect, from } = options;
  const { project = ({ metadata }: KubeObject) => metadata?.name ?? '' } = options;
  const connection = bearerConnection(apiServerAt('127.0.0.1', server.port, server.ca), collection.token);
  const connect = () => {
    onConnect?.();
    return connection;
  };
  const transport = createTransport(connect, 'test', clock);
  const told: string[] = [];
  let opened = 0;
  const errors: (KubeError | CredentialsError)[] = [];
  const more = new EventEmitter();
  const tell = (what: string) => {
    told.push(what);
    more.emit('told');
  };
  const untilTold = async (what: string, times: number) => {
    const isThere = () => told.filter((one) => one === what).length >= times;
    if (isThere()) {
      return;
    }
    for await (const _ of on(more, 'told')) {
      if (isThere()) {
        return;
      }
    }
  };
  const handler = {
    project,
    applied: (_: string, name: string) => tell(`applied ${name}`),
    deleted: (_: string, name: string) => tell(`deleted ${name}`),
    synced: () => tell('synced'),
    opened: () => {
      opened += 1;
    },
    failed: (error: KubeError | CredentialsError) => {
      errors.push(error);
      tell(`failed ${error instanceof ApiError ? error.code : error.name}`);
    },
  };
  const reflector = new Reflector(transport, clock, selection, handler, { ...REFLECTOR_LIMITS, ...limits });
  const end = new AbortController();
  const ended =
    from === undefined ? reflector.listAndWatch(end.signal) : reflector.watchOnly(from, end.signal);
  ended.catch(() => {});
  onTestFinished(() => {
    end.abort();
    transport.close();
  });
  return {
    reflector,
    told,
    get opened() {
      return opened;
    },
    errors,
    tells: (what, times = 1) => Promise.race([ended, untilTold(what, times)]),
    names: () => [...reflector.objects.values()].sort(),
    end,
    ended,
  };
}
