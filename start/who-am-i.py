"""Asks the API server of a context for the identity of the token in the kubeconfig.

usage: who-am-i.py KUBECONFIG CONTEXT
"""

import sys

from kubernetes import client, config

kubeconfig, context = sys.argv[1:]
api = config.new_client_from_config(config_file=kubeconfig, context=context)

# The client of the stand-in is older than this resource, and has no method for it.
path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
review, *_ = api.call_api(path, "POST", body={}, response_type="object", auth_settings=["BearerToken"])
print(review["status"]["userInfo"]["username"])
