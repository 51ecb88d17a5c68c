import type * as kplus from 'cdk8s-plus-27';
import type { SiteCredential } from '../site-credential';

/** The flags that tell the program which token to write. The pod's own is what it writes untold. */
export function credentialArgs({ serviceAccount, expiration }: SiteCredential): string[] {
  if (serviceAccount === undefined) {
    return [];
  }
  const args = ['--token-source=request', `--service-account=${serviceAccount.name}`];
  return expiration === undefined ? args : [...args, `--expiration=${expiration.toSeconds()}s`];
}

/** Lets the role's holder request tokens of that one ServiceAccount. */
export function allowTokenRequests(role: kplus.Role, account: kplus.IServiceAccount): void {
  role.allow(['create'], {
    apiGroup: '',
    resourceType: 'serviceaccounts/token',
    resourceName: account.name,
  });
}
