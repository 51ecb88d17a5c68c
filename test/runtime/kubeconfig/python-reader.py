"""What the official Python client makes of kubeconfigs, as JSON.

python-reader.py read NAMESPACE NAME   one file on stdin: reads a ConfigMap as the file's current context
python-reader.py parse                 a JSON list of texts on stdin: what each says of the context central
python-reader.py data                  a JSON list of texts on stdin: the data in each, null where it cannot be read
"""

import json
import sys
import tempfile

import yaml
from kubernetes import client, config


def read(namespace, name):
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(sys.stdin.buffer.read())
        file.flush()
        config.load_kube_config(config_file=file.name)
        found = client.CoreV1Api().read_namespaced_config_map(name, namespace)
    user = client.AuthenticationV1Api().create_self_subject_review({}).status.user_info.username
    return {"resourceVersion": found.metadata.resource_version, "data": found.data, "user": user}


def parse(text):
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(text.encode())
        file.flush()
        try:
            contexts, current = config.list_kube_config_contexts(config_file=file.name)
        except yaml.YAMLError:
            return None
        made = client.Configuration()
        config.load_kube_config(config_file=file.name, context="central", client_configuration=made)
    with open(made.ssl_ca_cert, encoding="utf-8") as ca:
        return {
            "contexts": [context["name"] for context in contexts],
            "current": current["name"],
            "server": made.host,
            "ca": ca.read(),
            "token": made.get_api_key_with_prefix("BearerToken"),
        }


def data(text):
    try:
        return plain(yaml.safe_load(text.encode()))
    except (yaml.YAMLError, ValueError):
        return None


def plain(value):
    """As JSON has it."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return repr(value)


if sys.argv[1] == "read":
    result = read(*sys.argv[2:])
else:
    one = {"parse": parse, "data": data}[sys.argv[1]]
    result = [one(text) for text in json.load(sys.stdin)]
json.dump(result, sys.stdout)
