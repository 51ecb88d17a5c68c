import { ApiObject, type Chart, Duration, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { BUSYBOX_IMAGE } from '../../devcluster/images/busybox-image.ts';
import { MultisiteInit, type MultisiteInitProps, MultisiteKubeconfig } from '../../src/index.ts';

const KUBECONFIG_MOUNT = '/etc/multisite';

/** Where an application has its kubeconfig. */
export const KUBECONFIG = `${KUBECONFIG_MOUNT}/kubeconfig`;

/** Neither root nor the user of our own containers. */
export const APPLICATION_USER = 1000;

/** Ends when it is told to, as PID 1 does only where it asks for that. */
const RUN_ON = 'trap "exit 0" TERM; sleep 1000000 & wait';

export interface ApplicationProps extends Partial<MultisiteInitProps> {
  readonly deployment?: kplus.DeploymentProps;
}

/** A Deployment of somebody else's image, as Pod Security `restricted` wants it, that reads a kubeconfig of its own. */
export function addApplication(
  chart: Chart,
  name: string,
  { deployment: props, ...init }: ApplicationProps = {},
): kplus.Deployment {
  const { configMap } = new MultisiteKubeconfig(chart, `${name}-kubeconfig`, { metadata: { name } });
  const deployment = new kplus.Deployment(chart, name, {
    metadata: { name },
    replicas: 1,
    terminationGracePeriod: Duration.seconds(5),
    ...props,
    containers: [applicationContainer()],
  });
  ApiObject.of(deployment).addJsonPatch(
    // What cdk8s-plus cannot express.
    JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
    JsonPatch.add('/spec/template/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
  );
  new MultisiteInit(chart, `${name}-init`, { pod: deployment, configMap, ...init });
  const volume = kplus.Volume.fromConfigMap(chart, `${name}-volume`, configMap);
  deployment.containers[0]?.mount(KUBECONFIG_MOUNT, volume, { readOnly: true });
  return deployment;
}

function applicationContainer(): kplus.ContainerProps {
  return {
    name: 'application',
    image: BUSYBOX_IMAGE,
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
    command: ['sh', '-c', RUN_ON],
    resources: { cpu: { request: kplus.Cpu.millis(10) } },
    securityContext: {
      user: APPLICATION_USER,
      group: APPLICATION_USER,
      ensureNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    },
  };
}
