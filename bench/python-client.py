"""The minimal program with the official Python client: one PATCH of one ConfigMap, with a finished body."""

import json
import os
import sys

from kubernetes import client
from kubernetes.config.incluster_config import InClusterConfigLoader

namespace, name, patch_file = sys.argv[1:]
directory = os.environ["SERVICE_ACCOUNT_DIRECTORY"]
InClusterConfigLoader(
    token_filename=f"{directory}/token", cert_filename=f"{directory}/ca.crt"
).load_and_set()
with open(patch_file, encoding="utf-8") as file:
    client.CoreV1Api().patch_namespaced_config_map(name, namespace, json.load(file))
