import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyLogShipping } from '../../cloudify-log-shipping';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { checkImage, imageReference, pullPolicy } from '../image';
import { restrictLastContainer } from '../pod-security/restrict';
import { report } from '../validation/report';
import { checkResources } from '../validation/resources';
import { checkAddress } from '../validation/values';
import type { ManagerMetadata } from './manager-metadata';

const FILEBEAT_IMAGE = { repository: 'docker.elastic.co/beats/filebeat', tag: '8.19.0' };
/** The user of the Filebeat image. */
const USER = 1000;
const LOG_DIRECTORY = '/var/log/onap';
const CONFIG_FILE = 'filebeat.yml';

/**
 * The input reads the log directory and two levels below. Filebeat forgets a file four days after its last change. If
 * it forgot the file earlier, it would send the whole file again after a change.
 */
const INPUT = `filebeat.inputs:
  - type: filestream
    id: onap
    paths:
      - ${LOG_DIRECTORY}/*.log
      - ${LOG_DIRECTORY}/*/*.log
      - ${LOG_DIRECTORY}/*/*/*.log
    ignore_older: 48h
    clean_inactive: 96h
`;

export interface LogShipping {
  readonly container?: kplus.Container;
  readonly configs: kplus.ConfigMap[];
}

/**
 * Adds the sidecar and its ConfigMap, if `logShipping` is given. Adds the ConfigMap to the components' namespace too.
 */
export function addLogShipping(
  scope: Construct,
  deployment: kplus.Deployment,
  manager: kplus.Container,
  { logShipping, components }: CloudifyManagerProps,
  names: ManagerMetadata,
): LogShipping {
  if (logShipping === undefined) {
    return { configs: [] };
  }
  const address = logShipping.logstash ?? defaultLogstash(Chart.of(scope).namespace);
  report(scope, [
    ...checkAddress('logShipping.logstash', address),
    ...checkResources('logShipping.resources', logShipping.resources),
    ...checkImage('logShipping.image', logShipping.image),
  ]);
  // Filebeat reads its configuration only at start, so a change must restart the pod.
  deployment.podMetadata.addAnnotation('cdk8s-multisite/logstash', address);
  const metadata = names.named('-filebeat');
  const data = { [CONFIG_FILE]: `${INPUT}output.logstash:\n  hosts: ["${address}"]\n` };
  const config = new kplus.ConfigMap(scope, 'FilebeatConfig', { metadata, data });
  const container = addFilebeat(scope, deployment, manager, logShipping, config);
  if (components === undefined) {
    return { container, configs: [config] };
  }
  const there = { ...metadata, namespace: components.namespaceName };
  const copy = new kplus.ConfigMap(scope, 'ComponentFilebeatConfig', { metadata: there, data });
  return { container, configs: [config, copy] };
}

/** The address includes the namespace, because sidecars of the components use the same configuration. */
function defaultLogstash(namespace: string | undefined): string {
  return namespace === undefined ? 'log-ls:5044' : `log-ls.${namespace}:5044`;
}

/** Adds the restricted sidecar, which mounts the logs of the manager's container. */
function addFilebeat(
  scope: Construct,
  deployment: kplus.Deployment,
  manager: kplus.Container,
  { image, resources }: CloudifyLogShipping,
  config: kplus.ConfigMap,
): kplus.Container {
  const logs = kplus.Volume.fromEmptyDir(scope, 'Logs', 'logs');
  manager.mount(LOG_DIRECTORY, logs);
  const container = deployment.addContainer({
    name: 'filebeat',
    image: imageReference(image, FILEBEAT_IMAGE),
    imagePullPolicy: pullPolicy(image),
    // The configuration comes from a ConfigMap, whose files belong to root.
    args: ['-e', '-c', `/etc/filebeat/${CONFIG_FILE}`, '--strict.perms=false'],
    resources: resources ?? {
      cpu: { request: kplus.Cpu.millis(10) },
      memory: { request: Size.mebibytes(128), limit: Size.mebibytes(256) },
    },
    securityContext: { user: USER, group: USER },
    volumeMounts: [
      { path: LOG_DIRECTORY, volume: logs, readOnly: true },
      {
        path: '/etc/filebeat',
        volume: kplus.Volume.fromConfigMap(scope, 'FilebeatConfigVolume', config, {
          name: 'filebeat-config',
        }),
        readOnly: true,
      },
      {
        path: '/usr/share/filebeat/data',
        volume: kplus.Volume.fromEmptyDir(scope, 'FilebeatData', 'filebeat-data'),
      },
    ],
  });
  restrictLastContainer(deployment, 'containers', container.name);
  return container;
}
