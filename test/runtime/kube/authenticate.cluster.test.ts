import { KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../../devcluster/control-plane/control-plane.ts';
import { systemClock } from '../../../runtime/async/clock.ts';
import { type ApiServer, apiServerAt } from '../../../runtime/kube/api-server.ts';
import { createAuthenticate } from '../../../runtime/kube/authenticate.ts';
import { bearerConnection } from '../../../runtime/kube/connection.ts';
import { ApiError } from '../../../runtime/kube/errors.ts';
import { whoAmI } from '../../../runtime/kube/self-subject.ts';
import { createTransport } from '../../../runtime/kube/transport.ts';
import { requestToken } from '../../../start/service-account.ts';
import { passOnTo, startFront } from '../../support/tls-front.ts';
import { unaborted } from '../../support/unaborted.ts';

const SUBJECT = 'system:serviceaccount:default:default';
const authenticate = createAuthenticate('test', systemClock);

let controlPlane: ControlPlane;
let admin: KubeConfig;
let token: string;
let server: ApiServer;

beforeAll(async () => {
  controlPlane = await startControlPlane({ controllers: true });
  admin = new KubeConfig();
  admin.loadFromFile(controlPlane.kubeconfig);
  token = await requestToken(admin, 'default', 'default');
  server = apiServerAt(controlPlane.host, controlPlane.port, controlPlane.ca);
  return () => controlPlane.stop();
});

/** The same API server behind something that takes the credential off every request. */
async function strippingFront(): Promise<ApiServer> {
  const front = await startFront(
    '127.0.0.1',
    passOnTo(controlPlane, (bytes) =>
      Buffer.from(bytes.toString('latin1').replace(/authorization:/i, 'x-taken-away:'), 'latin1'),
    ),
  );
  return apiServerAt('127.0.0.1', front.port, front.ca);
}

describe('where every identity may ask who it is', () => {
  test('the server says who a token is', async () => {
    expect(await authenticate(server, token, unaborted)).toBe(SUBJECT);
  });

  test('a token that it does not take is refused', async () => {
    await expect(authenticate(server, `${token}x`, unaborted)).rejects.toMatchObject({ code: 401 });
  });
});

describe('where nobody may ask who it is', () => {
  beforeAll(async () => {
    const rbac = admin.makeApiClient(RbacAuthorizationV1Api);
    await rbac.deleteClusterRoleBinding({ name: 'system:basic-user' });
    // The API server learns of it a moment later.
    while ((await reviewCode()) !== 403) {}
  });

  test('the token says who it is, since the server takes it', async () => {
    expect(await authenticate(server, token, unaborted)).toBe(SUBJECT);
  });

  test('a token that the server does not take is refused all the same', async () => {
    await expect(authenticate(server, `${token}x`, unaborted)).rejects.toMatchObject({ code: 401 });
  });

  test('a token that does not arrive proves nothing', async () => {
    await expect(authenticate(await strippingFront(), token, unaborted)).rejects.toMatchObject({
      code: 401,
      message: expect.stringContaining('the server got no credential'),
    });
  });
});

/** The code that the server answers the token's SelfSubjectReview with. */
async function reviewCode(): Promise<number> {
  const transport = createTransport(() => bearerConnection(server, token), 'test', systemClock);
  try {
    await whoAmI(transport, unaborted);
    return 201;
  } catch (error) {
    if (error instanceof ApiError) {
      return error.code;
    }
    throw error;
  } finally {
    transport.close();
  }
}
