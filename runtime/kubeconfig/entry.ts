/** One site's entry: the part of a kubeconfig document that the program owns. */
export interface Entry {
  /** The site's name: the name of its cluster and its context. */
  readonly location: string;
  /** Name of the user entry that holds the credential. */
  readonly user: string;
  /** URL of the site's API server. */
  readonly server: string;
  /** CA certificates, PEM in base64. */
  readonly certificateAuthorityData: string;
  readonly token: string;
}

/** The fields of an entry in one of the three lists of a kubeconfig. */
export type Fields = { readonly [key: string]: string };

/** An item of one of the three lists. */
export type NamedItem = { readonly name: string; readonly [key: string]: string | Fields };

/** An item with sorted keys, as kubectl writes it. */
export function namedItem(key: string, name: string, fields: Fields): NamedItem {
  return key < 'name' ? { [key]: fields, name } : { name, [key]: fields };
}

export function clusterFields(entry: Entry): Fields {
  return { 'certificate-authority-data': entry.certificateAuthorityData, server: entry.server };
}

export function contextFields(entry: Entry): Fields {
  return { cluster: entry.location, user: entry.user };
}

export function userFields(entry: Entry): Fields {
  return { token: entry.token };
}

/** Fields that contradict the owned ones: a reader would prefer them, or refuse both. */
export const CONTRADICTING = {
  clusters: ['certificate-authority', 'insecure-skip-tls-verify'],
  contexts: [],
  users: [
    'auth-provider',
    'client-certificate',
    'client-certificate-data',
    'client-key',
    'client-key-data',
    'exec',
    'password',
    'tokenFile',
    'username',
  ],
} as const;
