"""The program of any-pod.ts, in Python."""

import sys

import cdk8s_plus_34 as newest
from cdk8s import ApiObject, App, Chart, JsonPatch
from cdk8s_multisite import MultisiteInit, MultisiteKubeconfig

app = App(outdir=sys.argv[1])
chart = Chart(app, "reports", namespace="reports")
config_map = MultisiteKubeconfig(chart, "Kubeconfig").config_map

deployment = newest.Deployment(
    chart,
    "Deployment",
    replicas=1,
    containers=[newest.ContainerProps(name="reports", image="registry.example/reports:1.0", port_number=8080)],
)
MultisiteInit(chart, "Init", pod=deployment, config_map=config_map, refresh=True)

# The props of an ApiObject in Python are its metadata, kind and API version alone.
plain = ApiObject(chart, "Plain", api_version="v1", kind="Pod")
plain.add_json_patch(
    JsonPatch.add("/spec", {"containers": [{"image": "registry.example/plain:1.0", "name": "plain"}]})
)
MultisiteInit(chart, "PlainInit", pod=plain, config_map=config_map, location="plain", user="plain")

job = newest.Job(chart, "Job", containers=[newest.ContainerProps(name="job", image="registry.example/job:1.0")])
MultisiteInit(
    chart,
    "JobInit",
    pod=job,
    config_map=config_map,
    location="job",
    user="job",
    sidecar=True,
    kubernetes_version="1.31",
)

app.synth()
