import { App, type Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { BUSYBOX_IMAGE } from '../../devcluster/images/busybox-image.ts';
import { MultisiteInit, MultisiteInitJob, MultisiteKubeconfig, SiteCredential } from '../../src/index.ts';
import { newChart } from '../src/manifests.ts';

/** The namespace of the example, and its Deployment. */
export const REPORTS = 'reports';

/** The ServiceAccount that readers of its kubeconfig act as. */
export const REPORTS_SITE = 'reports-site';

const ENTRY = { location: 'berlin', user: 'berlin' };

/** The application of the documents' examples: that of docs/constructs.md, which mounts the ConfigMap that it fills. */
export function reportsChart(): Chart {
  const chart = newChart(REPORTS, new App(), 'reports');
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const deployment = new kplus.Deployment(chart, 'Deployment', {
    metadata: { name: REPORTS },
    replicas: 1,
    terminationGracePeriod: Duration.seconds(0), // busybox as process 1 hears no SIGTERM
    containers: [
      {
        name: 'reports',
        image: BUSYBOX_IMAGE,
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        command: ['sleep', '1d'],
        resources: { cpu: { request: kplus.Cpu.millis(10) } },
        securityContext: { user: 1000 },
      },
    ],
  });
  const site = new kplus.ServiceAccount(chart, 'Site', { metadata: { name: REPORTS_SITE } });
  const credential = SiteCredential.requested(site);
  new MultisiteInit(chart, 'Init', { pod: deployment, configMap, ...ENTRY, credential, refresh: true });
  const volume = kplus.Volume.fromConfigMap(chart, 'Volume', configMap);
  deployment.containers[0]?.mount('/etc/multisite', volume, { readOnly: true });
  return chart;
}

/** The Job of docs/constructs.md, which fills the same ConfigMap and mounts nothing. */
export function registerChart(): Chart {
  const chart = newChart(REPORTS, new App(), 'register');
  new MultisiteInitJob(chart, 'Init', {
    ...ENTRY,
    configMap: kplus.ConfigMap.fromConfigMapName(chart, 'Kubeconfig', MultisiteKubeconfig.DEFAULT_NAME),
    credential: SiteCredential.requested(
      kplus.ServiceAccount.fromServiceAccountName(chart, 'Site', REPORTS_SITE),
    ),
    metadata: { name: 'register' },
  });
  return chart;
}
