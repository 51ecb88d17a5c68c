"""The program of program.ts, in Python."""

import sys

import cdk8s_plus_27 as kplus
from cdk8s import ApiObjectMetadata, App, Chart, Duration
from cdk8s_multisite import (
    CloudifyManager,
    HoldPods,
    Metainit,
    MetainitStaticPod,
    MultisiteInit,
    MultisiteKubeconfig,
    SiteCredential,
)

app = App(outdir=sys.argv[1])

reports = Chart(app, "reports", namespace="reports")
kubeconfig = MultisiteKubeconfig(reports, "Kubeconfig")
deployment = kplus.Deployment(
    reports,
    "Deployment",
    replicas=1,
    containers=[kplus.ContainerProps(name="reports", image="registry.example/reports:1.0")],
)
site = kplus.ServiceAccount(reports, "Site", metadata=ApiObjectMetadata(name="reports-site"))
MultisiteInit(
    reports,
    "Init",
    pod=deployment,
    config_map=kubeconfig.config_map,
    location="berlin",
    user="berlin",
    credential=SiteCredential.requested(site, expiration=Duration.hours(2)),
    refresh=True,
)

manager = Chart(app, "manager", namespace="cloudify")
CloudifyManager(manager, "CloudifyManager")

hold = Chart(app, "hold", namespace="apps")
controller = kplus.Deployment(
    hold,
    "Controller",
    metadata=ApiObjectMetadata(name="controller"),
    service_account=kplus.ServiceAccount(hold, "Account", metadata=ApiObjectMetadata(name="controller")),
    containers=[kplus.ContainerProps(name="controller", image="registry.example/controller:1.0")],
)
Metainit.add_label(controller)
metainit = Metainit(hold, "Metainit", gates=["example.com/hold"], namespaces=["apps"])
HoldPods(
    hold,
    "HoldPods",
    gate="example.com/hold",
    namespaces=kplus.Namespaces.select(hold, "Held", labels={"hold": "true"}),
    metainit=metainit,
    may_remove_gate=[controller],
    may_set_label=[kplus.Group.from_name(hold, "Deployers", "deployers")],
    kubernetes_version="1.36",
)
MetainitStaticPod(hold, "StaticPod", manifest_chart=Chart(app, "manifest"), port=9781)

app.synth()
