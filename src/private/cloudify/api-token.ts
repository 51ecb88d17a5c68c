import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyApiToken } from '../../cloudify-api-token';
import { tokenVolume } from '../program/token-volume';
import { renderBefore } from '../render-order';

const MOUNT_PATH = '/secret';

/** Mounts an API token. Returns its Secret if the token is long-lived. */
export function mountApiToken(
  scope: Construct,
  container: kplus.Container,
  { kind }: CloudifyApiToken,
  deployer: kplus.IServiceAccount,
  metadata: ApiObjectMetadata,
): kplus.Secret | undefined {
  const name = 'api-token';
  if (kind === 'projected') {
    container.mount(MOUNT_PATH, tokenVolume(scope, 'ApiToken', name), { readOnly: true });
  }
  if (kind !== 'longLived') {
    return undefined;
  }
  const secret = new kplus.ServiceAccountTokenSecret(scope, 'ApiTokenSecret', {
    metadata,
    serviceAccount: deployer,
  });
  // Kubernetes deletes such a Secret if its ServiceAccount does not exist.
  renderBefore(ApiObject.of(secret), [deployer]);
  container.mount(MOUNT_PATH, kplus.Volume.fromSecret(scope, 'ApiToken', secret, { name }), {
    readOnly: true,
  });
  return secret;
}
