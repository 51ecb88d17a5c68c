import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createAuthority, issueServer } from '../../../support/pki.ts';
import { createSite, type Site } from '../../../support/site.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { outerAddress } from '../../../support/tls-front.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function aKey(): Promise<string> {
  return (await issueServer(await createAuthority('a'), 'a', {})).key;
}

/** What everybody reads of the entry: the CA. */
async function writtenCa(site: Site): Promise<string> {
  const { clusters } = await site.kubeconfig();
  return Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64').toString('utf8');
}

describe.each(ENGINE_NAMES)('multisite-init on %s writes certificates alone for a CA', (engine) => {
  test('a private key in --ca-file is refused', async () => {
    const site = await createSite();
    const { ca } = inject('controlPlane');
    const file = join(await temporaryFolder(), 'combined.pem');
    await writeFile(file, `${ca}\n${await aKey()}`);
    const ended = await site.run(engine, [`--server=https://${outerAddress()}:6443`, `--ca-file=${file}`]);
    expectFailure(ended, 3, /combined\.pem holds a private key, which must stay secret/);
    expect(await site.document()).toBe('');
  });

  test('a private key in the ca.crt of the pod is refused', async () => {
    const site = await createSite();
    await writeServiceAccount(site.directory, site.token, `${await aKey()}\n${inject('controlPlane').ca}`);
    expectFailure(await site.run(engine), 3, /ca\.crt holds a private key/);
    expect(await site.document()).toBe('');
  });

  test('what stands around certificates is left out', async () => {
    const site = await createSite();
    const { ca } = inject('controlPlane');
    const crlf = ca.trim().replaceAll('\n', '\r\n');
    await writeServiceAccount(site.directory, site.token, `password: hush-hush\r\n${crlf}\r\n# the end\r\n`);
    expect(await site.run(engine, [], {}, ['hush'])).toMatchObject({ exitCode: 0 });
    expect(await writtenCa(site)).toBe(ca.trim());
  });

  test('an entry with the same certificates stays as it is, and one with a key does not', async () => {
    const site = await createSite();
    const { ca } = inject('controlPlane');
    await site.run(engine);
    const written = await site.document();
    const earlier = written.replace(base64(ca.trim()), base64(`the CA of our cluster\n${ca}\n`));
    expect(earlier).not.toBe(written);
    await site.setDocument(earlier);
    expect((await site.run(engine)).stdout).toMatch(/^nothing to do/);
    expect(await site.document()).toBe(earlier);

    await site.setDocument(written.replace(base64(ca.trim()), base64(`${ca}\n${await aKey()}`)));
    expect((await site.run(engine)).stdout).toMatch(/^wrote/);
    expect(await site.document()).toBe(written);
  });
});
