// The app that measures the growth of synth. Each chart has its own kubeconfig and its part of the attachments. Each
// attachment has its own Deployment. usage: node attachments-app.ts ATTACHMENTS CHARTS FOLDER
import { App, Chart } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-27';
import { MultisiteInit, MultisiteKubeconfig } from '../../lib/index.js';

const [attachments, charts] = process.argv.slice(2, 4).map(Number) as [number, number];
const outdir = process.argv[4] as string;

const app = new App({ outdir });
const all = Array.from({ length: charts }, (_, index) => {
  const chart = new Chart(app, `chart-${index}`, { namespace: 'cloudify' });
  return {
    chart,
    kubeconfig: new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name: `kubeconfig-${index}` } }),
  };
});
for (let index = 0; index < attachments; index++) {
  const { chart, kubeconfig } = all[index % charts] as (typeof all)[number];
  const pod = new Deployment(chart, `Deployment${index}`, {
    replicas: 1,
    containers: [{ image: 'nginx:1.29' }],
  });
  new MultisiteInit(chart, `Init${index}`, {
    pod,
    configMap: kubeconfig.configMap,
    location: `site-${index}`,
    user: `user-${index}`,
  });
}
app.synth();
