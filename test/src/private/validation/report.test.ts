import { App, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import {
  MultisiteInit,
  MultisiteInitJob,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../../../src/index.ts';
import { APP } from '../../init-in.ts';
import { mistakesIn, newChart } from '../../manifests.ts';

/** An app whose author got nearly everything wrong. */
function appOfMistakes() {
  const app = new App();
  const central = newChart('sites', app, 'central');
  const edge = newChart('edge', app, 'edge');
  const { configMap } = new MultisiteKubeconfig(central, 'Kubeconfig', { metadata: { name: 'Sites' } });
  const account = kplus.ServiceAccount.fromServiceAccountName(central, 'Site', 'site');
  const credential = SiteCredential.requested(account, { expiration: Duration.millis(1500) });
  const pod = new kplus.Deployment(central, 'App', APP);
  new MultisiteInit(central, 'Init', {
    pod,
    configMap,
    location: '',
    user: ' ',
    key: 'a/b',
    containerName: 'Init',
    refreshPort: 80,
    image: { repository: 'multisite:1', tag: '', digest: 'sha256:0' },
    metadata: { name: 'Edge', namespace: 'edge' },
  });
  new MultisiteInitJob(edge, 'Register', { configMap, credential: SiteCredential.podIdentity() });
  new MultisiteInit(edge, 'Renew', {
    pod: new kplus.Job(edge, 'Batch', APP),
    secret: kplus.Secret.fromSecretName(edge, 'Secret', 'sites'),
    credential,
    refresh: true,
    refreshPort: 80,
  });
  return { app, central, edge };
}

const MISTAKES: [string, string][] = [
  ['central/Kubeconfig', 'metadata.name "Sites" is not valid'],
  ['central/Site', 'expiration 1.5 s is not valid'],
  ['central/Init', 'refreshPort needs refresh or sidecar'],
  ['central/Init', 'configMap.name "Sites" is not valid'],
  ['central/Init', 'metadata.namespace is not allowed here'],
  ['central/Init', 'metadata.name "Edge" is not valid'],
  ['central/Init', 'containerName "Init" is not valid'],
  ['central/Init', 'key "a/b" is not valid'],
  ['central/Init', 'location "" is not valid'],
  ['central/Init', 'user " " is not valid'],
  ['central/Init', 'image.repository "multisite:1" is not valid'],
  ['central/Init', 'image.tag and image.digest exclude each other'],
  ['central/Init', 'image.tag "" is not valid'],
  ['central/Init', 'image.digest "sha256:0" is not valid'],
  ['central/Init', 'central/App has 2 replicas. Each pod would overwrite the token in context ""'],
  ['edge/Register', 'the default token belongs to the pod of the Job, and is invalid when that pod ends'],
  ['edge/Register', 'configMap.name "Sites" is not valid'],
  ['edge/Register', 'ConfigMap Sites is in namespace sites, the pod is in namespace edge'],
  ['edge/Renew', 'refreshPort 80 is not valid'],
  ['edge/Renew', 'edge/Batch is a Job that must complete'],
];

test('all mistakes of an app are reported at once, each with the path of its construct', () => {
  const { central, edge } = appOfMistakes();
  const expected = MISTAKES.map(([path, message]) => expect.stringContaining(`[${path}] ${message}`));
  expect(mistakesIn(central)).toEqual(expected);
  expect(mistakesIn(edge)).toEqual(expected);
});

test('nothing of such an app is rendered', () => {
  expect(() => appOfMistakes().app.synthYaml()).toThrow('Validation failed with the following errors:');
});

test('templates, for Helm to fill in, pass all checks of form', () => {
  const chart = newChart('{{ .Release.Namespace }}');
  const name = '{{ .Values.name }}';
  const pod = new kplus.Pod(chart, 'App', { ...APP, metadata: { name: '{{ .Release.Name }}-app' } });
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name } });
  const volume = kplus.Volume.fromEmptyDir(chart, 'Files', 'files');
  const init = new MultisiteInit(chart, 'Init', {
    pod,
    configMap,
    location: name,
    user: name,
    key: name,
    image: { repository: name, tag: name },
    credential: SiteCredential.file(volume, { server: name, tokenFile: name, caFile: name }),
  });
  const other = MultisiteKubeconfig.secret(chart, 'Secret', { metadata: { name } });
  const token = kplus.Secret.fromSecretName(chart, 'Token', name);
  new MultisiteInitJob(chart, 'Job', { secret: other, credential: SiteCredential.secret(token) });
  const account = kplus.ServiceAccount.fromServiceAccountName(chart, 'Account', name);
  new MultisiteInitJob(chart, 'Other', {
    configMap,
    key: 'other',
    credential: SiteCredential.requested(account),
    metadata: { name: '{{ .Release.Name }}-job' },
  });
  expect(mistakesIn(chart)).toEqual([]);
  expect(init.role.name).toBe('{{ .Release.Name }}-app-multisite-init');
});
