"""The REST service. It stores blueprints in the directory of the original service, and returns them."""

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

API = "/api/v3.1/"
BLUEPRINTS = Path("/opt/manager/resources/uploaded-blueprints/default_tenant")
SECURITY = Path("/opt/manager/rest-security.conf")


def authorization() -> str:
    security = json.loads(SECURITY.read_text())
    credentials = f"{security['admin_username']}:{security['admin_password']}"
    return "Basic " + base64.b64encode(credentials.encode()).decode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == API + "version":
            return self.answer(200, b'{"edition": "community"}\n')
        if self.path == API + "status":
            if self.headers["Authorization"] != authorization():
                return self.answer(401, b"unauthorized\n")
            return self.answer(200, b'{"status": "OK"}\n')
        blueprint = self.blueprint()
        if blueprint and blueprint.exists():
            return self.answer(200, blueprint.read_bytes())
        return self.answer(404, b"not found\n")

    def do_PUT(self) -> None:
        blueprint = self.blueprint()
        if not blueprint:
            return self.answer(404, b"not found\n")
        blueprint.parent.mkdir(parents=True, exist_ok=True)
        blueprint.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        return self.answer(201, b"created\n")

    def blueprint(self) -> Path | None:
        name = self.path.removeprefix(API + "blueprints/")
        return BLUEPRINTS / name if name.isalnum() else None

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("127.0.0.1", 8100), Handler).serve_forever()
