import { buildManagerImage } from '../../devcluster/images/manager-image.ts';
import type { BaseImage } from '../../devcluster/images/stand-in-base.ts';

/** The manager's image on each base that it supports. */
export const BASES = [
  {
    release: '5.1.2',
    base: 'docker.io/cloudifyplatform/community-cloudify-manager-aio:5.1.2',
    image: 'localhost/cdk8s-multisite/cloudify-manager:5.1.2',
    persisted: [
      ...['/var/lib', '/etc/cloudify', '/opt/cfy', '/opt/cloudify', '/opt/cloudify-stage', '/opt/manager'],
      ...['/opt/mgmtworker', '/opt/restservice'],
    ],
  },
  {
    release: '19.01.24',
    base: 'docker.io/cloudifyplatform/community:19.01.24',
    image: 'localhost/cdk8s-multisite/cloudify-manager:19.01.24',
    persisted: [
      ...['/var/lib/pgsql/9.5/data', '/opt/manager/resources', '/opt/mgmtworker/env/plugins'],
      '/opt/mgmtworker/work/deployments',
    ],
  },
] as const satisfies readonly {
  release: string;
  base: BaseImage;
  image: string;
  persisted: readonly string[];
}[];

const ONAP = 'https://nexus.onap.org/service/local/repositories/raw/content';

/** Which imports are taken from the image. */
export const RULES = [
  { [`${ONAP}/org.onap.dcaegen2.platform.plugins/R4`]: 'file:///opt/manager/resources/onapspec' },
  { [`${ONAP}/org.onap.ccsdk.platform.plugins`]: 'file:///opt/manager/resources/onapspec' },
];

export async function buildManagerImages(): Promise<void> {
  for (const { image, base } of BASES) {
    await buildManagerImage(image, { base });
  }
}
