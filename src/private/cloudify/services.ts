import type { ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { checkNodePort } from '../validation/values';
import { HTTP_PORT, HTTPS_PORT } from './manager-pod';

/** The Service that leads to the manager. */
export function managerService(
  scope: Construct,
  deployment: kplus.Deployment,
  { tls, nodePort }: CloudifyManagerProps,
  metadata: ApiObjectMetadata,
): kplus.Service {
  if (nodePort !== undefined) {
    checkNodePort(scope, nodePort);
  }
  const http = { name: 'http', port: HTTP_PORT, targetPort: HTTP_PORT };
  const https = { name: 'https', port: HTTPS_PORT, targetPort: HTTPS_PORT };
  return new kplus.Service(scope, 'Service', {
    metadata,
    selector: deployment,
    type: nodePort === undefined ? kplus.ServiceType.CLUSTER_IP : kplus.ServiceType.NODE_PORT,
    ports: tls === undefined ? [{ ...http, nodePort }] : [http, { ...https, nodePort }],
  });
}
