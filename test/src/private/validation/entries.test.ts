import { App, type Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  MultisiteInit,
  type MultisiteInitProps,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../../../src/index.ts';
import { APP } from '../../init-in.ts';
import { mistakesIn, newChart } from '../../manifests.ts';

/** A pod of its own that writes an entry, of the same kubeconfig unless said otherwise. */
function addWriter(chart: Chart, id: string, props: Partial<MultisiteInitProps> = {}): void {
  const pod = new kplus.Pod(chart, `${id}Pod`, APP);
  const configMap = kplus.ConfigMap.fromConfigMapName(chart, `${id}Kubeconfig`, 'sites');
  new MultisiteInit(chart, id, { pod, configMap, ...props });
}

function requested(chart: Chart, id: string, name: string): SiteCredential {
  return SiteCredential.requested(kplus.ServiceAccount.fromServiceAccountName(chart, id, name));
}

/** A token in a file of a Secret, that has a name of its own as a volume. */
function fromFile(chart: Chart, id: string, secretName: string, server = 'https://edge.example.com') {
  const secret = kplus.Secret.fromSecretName(chart, `${id}Secret`, secretName);
  return SiteCredential.file(kplus.Volume.fromSecret(chart, id, secret, { name: id.toLowerCase() }), {
    server,
  });
}

/** @param another what one of them is to change */
function otherToken(writer: string, location: string, another = 'location and user'): string {
  return (
    `${writer} also writes context "${location}", with another user or another token. The two constructs would overwrite each ` +
    `other's entry: give one of them another ${another}, or give both the same user and credential.`
  );
}

function otherPod(writer: string, location: string): string {
  return (
    `${writer} also writes context "${location}", with the token of another pod. The two constructs would overwrite each ` +
    "other's entry: give one of them another location and user, or give both a requested credential (SiteCredential.requested)."
  );
}

function sharedUser(writer: string, user: string, location: string, other: string): string {
  return (
    `${writer} writes user "${user}" for context "${location}", so the program would refuse to write this user ` +
    `for "${other}": give each location its own user.`
  );
}

describe('writers of one kubeconfig', () => {
  test('each have an entry of their own', () => {
    const chart = newChart('sites');
    addWriter(chart, 'First');
    addWriter(chart, 'Second', { location: 'edge', user: 'edge' });
    addWriter(chart, 'Third', { location: '{{ .Values.site }}', user: '{{ .Values.user }}' });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('may be two of one pod, which has one token', () => {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', APP);
    const configMap = kplus.ConfigMap.fromConfigMapName(chart, 'Kubeconfig', 'sites');
    new MultisiteInit(chart, 'First', { pod, configMap });
    new MultisiteInit(chart, 'Second', { pod, configMap, containerName: 'second' });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('do not write their own token to one context, which each later one is told', () => {
    const chart = newChart('sites');
    for (const id of ['First', 'Second', 'Third']) {
      addWriter(chart, id, { location: 'edge' });
    }
    expect(mistakesIn(chart)).toEqual([
      `[test/Second] ${otherPod('test/First', 'edge')}`,
      `[test/Third] ${otherPod('test/First', 'edge')}`,
    ]);
  });

  test('do not write one context as two users', () => {
    const chart = newChart('sites');
    addWriter(chart, 'First', { credential: requested(chart, 'Account', 'site'), user: 'one' });
    addWriter(chart, 'Second', { credential: requested(chart, 'SameAccount', 'site'), user: 'other' });
    expect(mistakesIn(chart)).toEqual([`[test/Second] ${otherToken('test/First', 'central', 'location')}`]);
  });

  test('do not write one context with the tokens of two ServiceAccounts', () => {
    const chart = newChart('sites');
    addWriter(chart, 'First', { credential: requested(chart, 'Account', 'site') });
    addWriter(chart, 'Second', { credential: requested(chart, 'Other', 'other') });
    addWriter(chart, 'Third');
    expect(mistakesIn(chart)).toEqual([
      `[test/Second] ${otherToken('test/First', 'central')}`,
      `[test/Third] ${otherToken('test/First', 'central')}`,
    ]);
  });

  test('do not write one context with the tokens of two Secrets', () => {
    const chart = newChart('sites');
    const of = (name: string) => SiteCredential.secret(kplus.Secret.fromSecretName(chart, name, name));
    addWriter(chart, 'First', { credential: of('one') });
    addWriter(chart, 'Second', { credential: of('other') });
    expect(mistakesIn(chart)).toEqual([`[test/Second] ${otherToken('test/First', 'central')}`]);
  });

  test('do not write one context with the tokens of two files, or for two addresses', () => {
    const chart = newChart('sites');
    addWriter(chart, 'First', { credential: fromFile(chart, 'One', 'token') });
    addWriter(chart, 'Second', { credential: fromFile(chart, 'Two', 'other-token') });
    addWriter(chart, 'Third', { credential: fromFile(chart, 'Three', 'token', 'https://other.example.com') });
    expect(mistakesIn(chart)).toEqual([
      `[test/Second] ${otherToken('test/First', 'central')}`,
      `[test/Third] ${otherToken('test/First', 'central')}`,
    ]);
  });

  test('may keep one entry together, with the token of the same ServiceAccount, Secret or file', () => {
    const chart = newChart('sites');
    const entries: Record<string, (id: string) => SiteCredential> = {
      requested: (id) => requested(chart, id, 'site'),
      secret: (id) => SiteCredential.secret(kplus.Secret.fromSecretName(chart, id, 'token')),
      file: (id) => fromFile(chart, id, 'token'),
    };
    for (const [name, credential] of Object.entries(entries)) {
      for (const id of [`${name}-1`, `${name}-2`]) {
        addWriter(chart, id, { location: name, user: name, credential: credential(`${id}-credential`) });
      }
    }
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('do not write one user for two contexts', () => {
    const chart = newChart('sites');
    addWriter(chart, 'First');
    addWriter(chart, 'Second', { location: 'edge' });
    addWriter(chart, 'Third', { location: 'harbour' });
    expect(mistakesIn(chart)).toEqual([
      `[test/Second] ${sharedUser('test/First', 'user00', 'central', 'edge')}`,
      `[test/Third] ${sharedUser('test/First', 'user00', 'central', 'harbour')}`,
    ]);
  });

  test('are told of both, where a context and a user are written twice', () => {
    const chart = newChart('sites');
    addWriter(chart, 'First', { location: 'central', user: 'one' });
    addWriter(chart, 'Second', { location: 'edge', user: 'two' });
    addWriter(chart, 'Third', { location: 'edge', user: 'one' });
    expect(mistakesIn(chart)).toEqual([
      `[test/Third] ${otherToken('test/Second', 'edge', 'location')}`,
      `[test/Third] ${sharedUser('test/First', 'one', 'central', 'edge')}`,
    ]);
  });

  test('may be in several charts, if the app renders that kubeconfig', () => {
    const app = new App();
    const one = newChart('sites', app, 'one');
    const { configMap } = new MultisiteKubeconfig(one, 'Kubeconfig');
    addWriter(one, 'First', { configMap });
    const other = newChart('sites', app, 'two');
    addWriter(other, 'Second', { configMap });
    expect(mistakesIn(other)).toEqual([`[two/Second] ${otherPod('one/First', 'central')}`]);
  });

  test('are not those of charts that may be for several clusters', () => {
    const app = new App();
    for (const id of ['berlin', 'paris']) {
      const chart = newChart('sites', app, id);
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      addWriter(chart, 'Writer', { configMap });
      addWriter(chart, 'Other', {
        configMap: kplus.ConfigMap.fromConfigMapName(chart, 'There', 'there'),
      });
      expect(mistakesIn(chart)).toEqual([]);
    }
  });
});

describe('another kubeconfig', () => {
  test('is that of another object, kind or key', () => {
    const chart = newChart('sites');
    addWriter(chart, 'First');
    addWriter(chart, 'Second', { configMap: kplus.ConfigMap.fromConfigMapName(chart, 'Other', 'other') });
    addWriter(chart, 'Third', {
      configMap: undefined,
      secret: kplus.Secret.fromSecretName(chart, 'Secret', 'sites'),
    });
    addWriter(chart, 'Fourth', { key: 'other' });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test.each<[string, (string | undefined)[]]>([
    ['another namespace', ['sites', 'elsewhere']],
    ['a chart whose namespace is left to others', ['sites', undefined]],
    ['another chart whose namespace is left to others', [undefined, undefined]],
  ])('is that of %s', (_, namespaces) => {
    const app = new App();
    const charts = namespaces.map((namespace, index) => newChart(namespace, app, `chart${index}`));
    for (const chart of charts) {
      addWriter(chart, 'Writer');
      expect(mistakesIn(chart)).toEqual([]);
    }
  });

  test('is not in one chart whose namespace is left to others', () => {
    const chart = newChart(undefined);
    addWriter(chart, 'First');
    addWriter(chart, 'Second');
    expect(mistakesIn(chart)).toEqual([`[test/Second] ${otherPod('test/First', 'central')}`]);
  });
});
