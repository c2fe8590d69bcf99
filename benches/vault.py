#!/usr/bin/env python3
"""The bar of the vault: reading an account's credentials while they are fresh, beside the answer of bare axum on the same core.

    python3 benches/vault.py path/to/symbolon path/to/symbolon-bench [--database postgres]

Each of 32 people has an account at a company that this program plays, with a token that lives for a day. A read is the whole of
`GET /v1/accounts/{id}?include_credentials=1`: who calls, whether they may, their limits, the sealed token opened, the read written
down. At least a third of the rate of bare axum. Exits with 1 where that is missed.
"""

import argparse, http.server, json, os, subprocess, sys, tempfile, threading, urllib.parse, urllib.request
from gate import SERVER, Bare, World, compare, get, tell
from lists import Postgres, Sqlite

PEOPLE = 32


class Company(http.server.BaseHTTPRequestHandler):
    """Knows everybody whose refresh token is their name."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        who = form["refresh_token"][0]
        self.says({"access_token": f"at-{who}-{'x' * 40}", "token_type": "Bearer", "expires_in": 86400, "refresh_token": who})

    def do_GET(self):
        self.says({"id": self.headers["Authorization"].split("-")[1], "name": "Somebody"})

    def says(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def asks(world, method, path, token, body):
    request = urllib.request.Request(f"http://127.0.0.1:{world.port}{path}", json.dumps(body).encode(), method=method, headers={
        "Authorization": f"Token {token}", "Content-Type": "application/json", "Idempotency-Key": os.urandom(8).hex()})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def connected(world, company, tokens):
    at = f"http://127.0.0.1:{company.server_port}"
    params = {"authorize_url": f"{at}/authorize", "token_url": f"{at}/token", "userinfo_url": f"{at}/me", "rotation": "none"}
    given = [part for name, value in params.items() for part in ("--param", f"{name}={value}")]
    command = [world.binary, "source", "create", "--type", "oauth2", "--slug", "crm", "--workspace", "default", "--client-id", "crm",
               "--client-secret-stdin", "--scope", "read", *given]
    subprocess.run(command, cwd=world.folder, env=world.env, input="secret\n", text=True, check=True, stdout=subprocess.DEVNULL)
    requests = []
    for person, token in enumerate(tokens):
        made = asks(world, "POST", "/v1/accounts", token, {"source": "crm", "credentials": {"oauth_refresh_token": f"p{person}"}})
        path = f"/v1/accounts/{made['data']['id']}?include_credentials=1"
        requests.append(get(path, f"Authorization: Token {token}\r\n"))
    return requests


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("symbolon")
    arguments.add_argument("bench")
    arguments.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    asked = arguments.parse_args()
    company = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Company)
    threading.Thread(target=company.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        kind = {"sqlite": Sqlite, "postgres": Postgres}[asked.database]
        world, bare = World(kind, os.path.abspath(asked.symbolon), folder + "/vault"), Bare(os.path.abspath(asked.bench), SERVER)
        world.env["SYMBOLON_OUTBOUND_ALLOW"] = "127.0.0.0/8"
        try:
            world.fill(PEOPLE, 0)
            tokens = world.tokens(PEOPLE * 3)[::3]
            world.starts()
            requests = connected(world, company, tokens)
            mine = {"name": f"credentials, {world.db.name}", "address": f"127.0.0.1:{world.port}", "requests": requests,
                    "pids": [world.server.pid]}
            rows = compare(os.path.abspath(asked.bench), [bare.rival(), mine], [1, 16, 64], 5,
                           awake=world.db.name == "SQLite")
            tell(rows)
            # By core-second: what is left of the core when others work on it too is nobody's merit.
            good = rows[-1]["core_share"] >= 1 / 3
        finally:
            bare.ends()
            world.ends()
    print("holds" if good else "MISSED")
    sys.exit(not good)


if __name__ == "__main__":
    main()
