"""Deploys a workload like Cloudify's Kubernetes plugin: with the official client and a context of the kubeconfig.

usage: deploy.py KUBECONFIG CONTEXT NAMESPACE NAME IMAGE
"""

import sys

from kubernetes import client, config
from kubernetes.client.rest import ApiException

kubeconfig, context, namespace, name, image = sys.argv[1:]
config.load_kube_config(config_file=kubeconfig, context=context)

labels = {"app": name}
container = client.V1Container(
    name=name,
    image=image,
    image_pull_policy="IfNotPresent",
    command=["sleep", "3600"],
)
deployment = client.V1Deployment(
    metadata=client.V1ObjectMeta(name=name, labels=labels),
    spec=client.V1DeploymentSpec(
        replicas=1,
        selector=client.V1LabelSelector(match_labels=labels),
        template=client.V1PodTemplateSpec(
            metadata=client.V1ObjectMeta(labels=labels),
            spec=client.V1PodSpec(containers=[container], termination_grace_period_seconds=0),
        ),
    ),
)
try:
    client.AppsV1Api().create_namespaced_deployment(namespace, deployment)
except ApiException as error:
    sys.exit(f"{error.status} {error.reason}")
print(f"created Deployment {namespace}/{name}")
