#!/bin/bash
# Adds the image's import rules to those of the running manager, where its database was created without them: that of 18.x
# and 19.x was when the base image was built, and one on a volume perhaps by another image. Fails until the manager runs;
# the unit tries again.
# Usage: load-import-rules.sh [PYTHON]
set -euo pipefail

python=${1:-/opt/manager/env/bin/python}
scripts=$(dirname "$0")

"$scripts/readiness-check.sh"
# As the REST service has them: they tell where the database is.
export MANAGER_REST_CONFIG_PATH=/opt/manager/cloudify-rest.conf
export MANAGER_REST_SECURITY_CONFIG_PATH=/opt/manager/rest-security.conf
added=$("$python" "$scripts/load_import_rules.py" "$scripts/import-rules.tsv")
if [ "$added" = 0 ]; then exit 0; fi
# It keeps the rules in memory.
systemctl restart cloudify-restservice.service
echo "added import rules: $added"
