/** One site's entry: what the program owns of a kubeconfig document. */
export interface Entry {
  /** The site's name: its cluster and its context are called so. */
  readonly location: string;
  /** Name of the user entry that holds the credential. */
  readonly user: string;
  /** URL of the site's API server. */
  readonly server: string;
  /** CA certificates, PEM in base64. */
  readonly certificateAuthorityData: string;
  readonly token: string;
}

/** The fields of an entry, in the three lists that a kubeconfig keeps them in. */
export type Fields = { readonly [key: string]: string };

/** An item of one of the lists. */
export type NamedItem = { readonly name: string; readonly [key: string]: string | Fields };

/** Its keys are sorted, as kubectl writes them. */
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

/** Fields that would contradict the owned ones: a reader would take them first, or refuse both. */
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
