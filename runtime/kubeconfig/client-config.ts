/**
 * The fields of a kubeconfig that kubectl reads, by their names in the file: the types of `k8s.io/client-go/tools/clientcmd/api/v1`
 * (https://pkg.go.dev/k8s.io/client-go/tools/clientcmd/api/v1#Config). A field that is missing or null is undefined.
 */
export interface ClientConfig {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly clusters?: readonly { readonly name?: string; readonly cluster?: Cluster }[];
  readonly contexts?: readonly { readonly name?: string; readonly context?: Context }[];
  readonly users?: readonly { readonly name?: string; readonly user?: AuthInfo }[];
  readonly 'current-context'?: string;
}

export interface Cluster {
  readonly server?: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: Buffer;
  readonly 'proxy-url'?: string;
  readonly 'disable-compression'?: boolean;
  readonly extensions?: readonly { readonly name?: string; readonly extension?: unknown }[];
}

export interface Context {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

export interface AuthInfo {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: Buffer;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: Buffer;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly as?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly (string | undefined)[];
  readonly 'as-user-extra'?: Readonly<Record<string, readonly (string | undefined)[] | undefined>>;
  readonly username?: string;
  readonly password?: string;
  readonly 'auth-provider'?: AuthProviderConfig;
  readonly exec?: ExecConfig;
}

export interface AuthProviderConfig {
  readonly name?: string;
  readonly config?: Readonly<Record<string, string | undefined>>;
}

export interface ExecConfig {
  readonly command?: string;
  readonly args?: readonly (string | undefined)[];
  readonly env?: readonly ({ readonly name?: string; readonly value?: string } | undefined)[];
  readonly apiVersion?: string;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: string;
}

/** The type of a field, for decoders. `bytes` are base64 in the file. `anything` is not interpreted. */
export type FieldType = 'string' | 'boolean' | 'bytes' | 'anything' | ListType | MapType | ObjectType;

export interface ListType {
  readonly list: FieldType;
}

export interface MapType {
  readonly valuesOf: FieldType;
}

/** Other fields than these are ignored, as in kubectl. */
export interface ObjectType {
  readonly fields: Readonly<Record<string, FieldType>>;
}

const STRINGS: ListType = { list: 'string' };

const EXTENSIONS: ListType = { list: { fields: { name: 'string', extension: 'anything' } } };

const CLUSTER: ObjectType = {
  fields: {
    server: 'string',
    'tls-server-name': 'string',
    'insecure-skip-tls-verify': 'boolean',
    'certificate-authority': 'string',
    'certificate-authority-data': 'bytes',
    'proxy-url': 'string',
    'disable-compression': 'boolean',
    extensions: EXTENSIONS,
  },
};

const CONTEXT: ObjectType = {
  fields: { cluster: 'string', user: 'string', namespace: 'string', extensions: EXTENSIONS },
};

const EXEC: ObjectType = {
  fields: {
    command: 'string',
    args: STRINGS,
    env: { list: { fields: { name: 'string', value: 'string' } } },
    apiVersion: 'string',
    installHint: 'string',
    provideClusterInfo: 'boolean',
    interactiveMode: 'string',
  },
};

const USER: ObjectType = {
  fields: {
    'client-certificate': 'string',
    'client-certificate-data': 'bytes',
    'client-key': 'string',
    'client-key-data': 'bytes',
    token: 'string',
    tokenFile: 'string',
    as: 'string',
    'as-uid': 'string',
    'as-groups': STRINGS,
    'as-user-extra': { valuesOf: STRINGS },
    username: 'string',
    password: 'string',
    'auth-provider': { fields: { name: 'string', config: { valuesOf: 'string' } } },
    exec: EXEC,
    extensions: EXTENSIONS,
  },
};

/** The types of `ClientConfig`. */
export const CLIENT_CONFIG: ObjectType = {
  fields: {
    kind: 'string',
    apiVersion: 'string',
    preferences: { fields: { colors: 'boolean', extensions: EXTENSIONS } },
    clusters: { list: { fields: { name: 'string', cluster: CLUSTER } } },
    users: { list: { fields: { name: 'string', user: USER } } },
    contexts: { list: { fields: { name: 'string', context: CONTEXT } } },
    'current-context': 'string',
    extensions: EXTENSIONS,
  },
};
