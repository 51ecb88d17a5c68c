"""Creates the database from the configuration: the admin, and the import rules. Later, the configuration is not read again."""

import json
import shutil
from pathlib import Path

import yaml

CONFIGURED = Path("/etc/cloudify/.configured")
SECURITY = Path("/opt/manager/rest-security.conf")
DATABASE = Path("/var/lib/pgsql/9.5/data/provider-context.json")

if not CONFIGURED.exists():
    config = yaml.safe_load(Path("/etc/cloudify/config.yaml").read_text())
    security = config["manager"]["security"]
    security["admin_password"] = security["admin_password"] or "admin"
    SECURITY.write_text(json.dumps(security))
    shutil.chown(SECURITY, "cfyuser", "cfyuser")
    DATABASE.write_text(json.dumps({"CONTEXT": {"cloudify": config["provider_context"]}}))
    shutil.chown(DATABASE, "postgres", "postgres")
    CONFIGURED.touch()
