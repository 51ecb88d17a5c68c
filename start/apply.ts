import {
  ApiException,
  type KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from '@kubernetes/client-node';

const FIELD_MANAGER = 'cdk8s-multisite-start';

/** Creates or updates one object by server-side apply. Returns the server's version of the object. */
export async function apply(kubeConfig: KubeConfig, object: KubernetesObject): Promise<KubernetesObject> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  return explained(`apply ${describe(object)}`, () =>
    api.patch(object, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply),
  );
}

/**
 * Creates one object. @throws if an object of that name exists already, or if no answer shows whether the object was
 * created
 */
export async function create(kubeConfig: KubeConfig, object: KubernetesObject): Promise<KubernetesObject> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  try {
    return await explained(`create ${describe(object)}`, () => api.create(object));
  } catch (error) {
    if (!(error instanceof Error) || error.cause instanceof ApiException) {
      throw error;
    }
    throw new Error(`${error.message}. The object may exist anyway: look for ${describe(object)}`, {
      cause: error,
    });
  }
}

/** Deletes this object only. If somebody has created a new object with the same name, the new object stays. */
export async function remove(kubeConfig: KubeConfig, object: KubernetesObject): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  const uid = object.metadata?.uid;
  if (uid === undefined) {
    throw new Error(`${describe(object)} has no uid, so this run did not create it`);
  }
  try {
    await explained(`delete ${describe(object)}`, () =>
      api.delete(object, undefined, undefined, undefined, undefined, 'Background', {
        preconditions: { uid },
      }),
    );
  } catch (error) {
    // The object is gone, or another object has its name now.
    const status = error instanceof Error && error.cause instanceof ApiException ? error.cause.code : 0;
    if (status !== 404 && status !== 409) {
      throw error;
    }
  }
}

export function describe(object: KubernetesObject): string {
  const { name, namespace } = object.metadata ?? {};
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The client's error message contains the whole answer with all headers. The server's message is one line. */
async function explained<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ApiException)) {
      throw new Error(`could not ${what}: ${(error as Error).message}`, { cause: error });
    }
    throw new Error(`could not ${what}: ${error.code} ${messageOf(error.body)}`, { cause: error });
  }
}

function messageOf(body: unknown): string {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    if (typeof status === 'object' && status !== null && 'message' in status) {
      return String(status.message);
    }
  } catch {
    // Not a Status.
  }
  return '';
}
