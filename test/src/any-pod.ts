import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiObject, Include, Yaml } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import * as newest from 'cdk8s-plus-34';
import type { Construct, IConstruct } from 'constructs';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { APP } from './init-in.ts';

export const METADATA = { name: 'app' };
export const SELECTOR = { matchLabels: { app: 'app' } };
export const CONTAINERS = [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }] }];
export const TEMPLATE = { metadata: { labels: SELECTOR.matchLabels }, spec: { containers: CONTAINERS } };

/** A Deployment as YAML has it. */
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: METADATA,
  spec: { selector: SELECTOR, template: TEMPLATE },
};

/** The same as an object of no class. */
export function deployment(scope: Construct, spec: object = {}, podFields: object = {}): ApiObject {
  const template = { ...TEMPLATE, spec: { ...TEMPLATE.spec, ...podFields } };
  return new ApiObject(scope, 'App', { ...DEPLOYMENT, spec: { selector: SELECTOR, template, ...spec } });
}

async function included(scope: Construct): Promise<ApiObject> {
  const url = join(await temporaryFolder(), 'app.yaml');
  await writeFile(url, Yaml.stringify(DEPLOYMENT));
  const [first] = new Include(scope, 'App', { url }).apiObjects;
  if (first === undefined) {
    throw new Error('nothing was included');
  }
  return first;
}

export const NEWEST_APP: newest.DeploymentProps = {
  metadata: METADATA,
  replicas: 1,
  containers: [{ name: 'app', image: 'app', portNumber: 8080 }],
};

/** A Deployment with one container "app", made in many ways. */
export const ORIGINS: [string, (scope: Construct) => IConstruct | Promise<IConstruct>][] = [
  [
    'cdk8s-plus-27',
    (scope) => new kplus.Deployment(scope, 'App', { ...APP, metadata: METADATA, replicas: 1 }),
  ],
  ['the newest cdk8s-plus', (scope) => new newest.Deployment(scope, 'App', NEWEST_APP)],
  [
    'the API object of cdk8s-plus-27',
    (scope) => ApiObject.of(new kplus.Deployment(scope, 'App', { ...APP, metadata: METADATA, replicas: 1 })),
  ],
  [
    'the API object of the newest cdk8s-plus',
    (scope) => ApiObject.of(new newest.Deployment(scope, 'App', NEWEST_APP)),
  ],
  ['a plain ApiObject', (scope) => deployment(scope)],
  // What `cdk8s import k8s` generates, which drops fields that its Kubernetes did not have.
  ['cdk8s import', (scope) => new kplus.k8s.KubeDeployment(scope, 'App', DEPLOYMENT)],
  ['Include', included],
];
