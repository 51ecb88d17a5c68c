import { describeRef } from '../../kube/data-objects.ts';
import { tokenClaims } from '../../kube/token-claims.ts';
import type { Options } from './options.ts';
import type { Outcome } from './run.ts';

/** The result of a run, in a line for people or for machines. */
export function result(outcome: Outcome, options: Options): string {
  return options.logFormat === 'json' ? jsonResult(outcome, options) : textResult(outcome, options);
}

function textResult(outcome: Outcome, options: Options): string {
  const { location, user, target, key } = options;
  const where = `${describeRef(target)}, key ${key}`;
  const what = `context "${location}" (${outcome.server.url}, user "${user}", ${lifeInWords(outcome)})`;
  const done = outcome.written ? `wrote ${what} to ${where}` : `nothing to do: ${what} is in ${where}`;
  return outcome.verifiedAs === undefined
    ? done
    : `${done}\nverified: it authenticates as ${outcome.verifiedAs}`;
}

function jsonResult(outcome: Outcome, options: Options): string {
  const result = outcome.written ? 'written' : 'nothing to do';
  return JSON.stringify({ result, ...facts(outcome, options) });
}

/** The entry and its place, for machines. */
export function facts(outcome: Outcome, options: Options): Record<string, string | undefined> {
  const { location, user, target, key } = options;
  return {
    namespace: target.namespace,
    [target.kind === 'Secret' ? 'secret' : 'configMap']: target.name,
    key,
    location,
    user,
    server: outcome.server.url,
    tokenExpires: outcome.credential.life?.expires.toISOString(),
    tokenEndsWithPod: tokenClaims(outcome.credential.token).pod,
    resourceVersion: outcome.resourceVersion,
    verifiedAs: outcome.verifiedAs,
  };
}

/** How long the token is valid. A token that is bound to a pod ends with the pod, or at its `exp`, whichever is first. */
function lifeInWords({ credential }: Outcome): string {
  const { pod } = tokenClaims(credential.token);
  const end = credential.life?.expires.toISOString();
  if (pod === undefined) {
    return end === undefined ? 'token without an end' : `token until ${end}`;
  }
  return `token until pod ${pod} ends${end === undefined ? '' : `, at the latest ${end}`}`;
}
