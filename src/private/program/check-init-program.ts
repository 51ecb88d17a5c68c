import type * as kplus from 'cdk8s-plus-27';
import { checkImage } from '../image';
import { checkPodSecurity } from '../pod-security/check-pod-security';
import { checkPodKind } from '../pod-spec';
import { droppedFieldsCheck } from '../validation/dropped-fields';
import { reportNames } from '../validation/duplicate-names';
import { checkEntry, type Entry } from '../validation/entries';
import { reportKubeconfig } from '../validation/kubeconfig';
import { reportMetadata } from '../validation/metadata';
import {
  checkAccountNamespace,
  checkChartNamespace,
  checkCredentialNamespace,
  checkObjectNamespace,
} from '../validation/namespaces';
import { checkEgress } from '../validation/network-policies';
import { propPath } from '../validation/prop-path';
import { checkSharedVolumes } from '../validation/replicas';
import { report, reportAtSynthesis } from '../validation/report';
import { checkResources } from '../validation/resources';
import { checkContainerName, checkDataKey, checkEntryName, checkObjectName } from '../validation/values';
import { checkNamesInPod } from './check-names';
import { checkCredential, checkTokenSecret } from './credential';
import type { InitProgramProps } from './init-program';
import { checkKubeconfigObject } from './kubeconfig-object';
import { checkRunOptions } from './run-options';
import { checkTarget } from './target';

/** Reports mistakes in the props of an init program. */
export function reportProps(props: InitProgramProps, entry: Entry): void {
  const { construct, pod, credential } = entry;
  report(construct, [...checkKubeconfigObject(props), ...checkPodKind(pod)]);
  reportMetadata(construct, props.metadata);
  report(construct, [
    ...checkContainerName(props.containerName),
    ...checkDataKey(propPath(construct, 'key'), entry.key),
    ...checkEntryName(propPath(construct, 'location'), entry.location),
    ...checkEntryName(propPath(construct, 'user'), entry.user),
    ...checkResources(propPath(construct, 'resources'), props.resources),
    ...checkServiceAccount(pod),
    ...checkChartNamespace(construct, pod),
    ...(props.target === undefined
      ? checkObjectNamespace(entry.kind, entry.object, pod)
      : checkTarget(props.target, pod)),
    ...checkCredential(props.credential),
    ...checkCredentialNamespace(credential, pod),
    ...checkImage(propPath(construct, 'image'), props.image),
    ...checkRunOptions(construct, props),
  ]);
}

/**
 * Reports, at synthesis, conflicts of an init program with its pod and with the rest of the app.
 *
 * @param containers the containers that the init program has added to the pod
 * @param named the objects of the init program, except the pod
 */
export function reportInitProgram(
  entry: Entry,
  containers: readonly kplus.Container[],
  named: readonly kplus.Resource[],
): void {
  const { construct, pod, credential } = entry;
  // A pod may have several of our init containers. Only the first one reports the pod's mistakes.
  reportAtSynthesis(construct, (app) =>
    app.firstOfPod.get(pod) === entry ? [...checkPodSecurity(pod, app), ...checkEgress(pod, app)] : [],
  );
  reportKubeconfig(entry);
  const checkDroppedFields = droppedFieldsCheck(pod);
  reportAtSynthesis(construct, (app) => [
    ...checkNamesInPod(pod, containers, app),
    ...checkSharedVolumes(pod, app),
    ...checkDroppedFields(),
    ...checkEntry(entry, app),
    ...checkTokenSecret(credential, pod, app),
  ]);
  reportNames(construct, () => named);
}

function checkServiceAccount(pod: kplus.AbstractPod): string[] {
  const { serviceAccount } = pod;
  return serviceAccount === undefined
    ? []
    : [
        ...checkAccountNamespace(serviceAccount, pod),
        ...checkObjectName('serviceAccount.name', serviceAccount.name),
      ];
}
