import {
  ApiException,
  type KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from '@kubernetes/client-node';

const FIELD_MANAGER = 'cdk8s-multisite-start';

/** Creates or updates one object by server-side apply, and returns it as the server has it. */
export async function apply(kubeConfig: KubeConfig, object: KubernetesObject): Promise<KubernetesObject> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  return explained(`apply ${describe(object)}`, () =>
    api.patch(object, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply),
  );
}

/** Creates one object. @throws when there is one of that name already, or when no answer says whether it was made */
export async function create(kubeConfig: KubeConfig, object: KubernetesObject): Promise<KubernetesObject> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  try {
    return await explained(`create ${describe(object)}`, () => api.create(object));
  } catch (error) {
    if (!(error instanceof Error) || error.cause instanceof ApiException) {
      throw error;
    }
    throw new Error(`${error.message}. It may exist all the same: please look for ${describe(object)}`, {
      cause: error,
    });
  }
}

/** Deletes this very object; one of the same name that somebody made since then stays. */
export async function remove(kubeConfig: KubeConfig, object: KubernetesObject): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(kubeConfig);
  const uid = object.metadata?.uid;
  if (uid === undefined) {
    throw new Error(`${describe(object)} has no uid: it was not created here`);
  }
  try {
    await explained(`delete ${describe(object)}`, () =>
      api.delete(object, undefined, undefined, undefined, undefined, 'Background', {
        preconditions: { uid },
      }),
    );
  } catch (error) {
    // Gone, or another one by now: both are none of ours any more.
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

/** The client's own message repeats the answer with all its headers; the server's message says it in a line. */
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
