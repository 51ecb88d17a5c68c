import { App, Chart } from 'cdk8s';
import { MetainitStaticPod } from './metainit-static-pod';
import { imageFrom, warnOfUnpublished } from './private/image-variable';

const app = new App();
// In a folder of its own, because `kubectl apply -f` must not find the static pod.
const manifests = new App({ outdir: `${app.outdir}/manifests` });
const image = imageFrom('INIT_IMAGE');

const { container } = new MetainitStaticPod(new Chart(app, 'metainit'), 'Metainit', {
  image,
  manifestChart: new Chart(manifests, 'metainit'),
});

app.synth();
manifests.synth();

if (image === undefined) {
  warnOfUnpublished('INIT_IMAGE', container.image);
}
