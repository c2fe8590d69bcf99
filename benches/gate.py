#!/usr/bin/env python3
"""The bars of API tokens and the gate, each beside what it is measured against, in turn and in short rounds.

    python3 benches/gate.py path/to/symbolon path/to/symbolon-bench check|nginx|many|memory [--database postgres]

check   the gate on one core, beside the answer of bare axum on the same core: at least half of its rate
nginx   what auth_request adds to a request through nginx (needs Debian's nginx)
many    the gate with 1,000,000 tokens in the database, beside one with few: the same speed
memory  callers from 1,000,000 addresses with tokens that aren't good: what the limiter keeps of them (security.md RL-07)

Everything is made in a temporary directory and taken away afterwards. Exits with 1 where a bar is missed.
"""

import argparse, json, os, shutil, subprocess, sys, tempfile, time, urllib.request
from lists import Postgres, Sqlite, free_port

TOKENS, PER_PERSON = 96, 3
MANY = 1_000_000
# The server has a core for itself; its database and the load share the other.
SERVER, OTHERS = ["taskset", "-c", "0"], ["taskset", "-c", "1"]


class World:
    """A server with people and tokens. Limits are counted, and never reached."""

    def __init__(self, kind, binary, folder, pinned=True):
        os.mkdir(folder)
        self.db, self.folder, self.binary = kind(folder), folder, binary
        self.port = free_port()
        limits = {f"SYMBOLON_LIMITS_{of}_PER_SECOND": "1000000" for of in ["TOKEN", "WORKSPACE"]}
        self.env = {"PATH": os.environ["PATH"], "SYMBOLON_LISTEN": f"127.0.0.1:{self.port}", "SYMBOLON_LOG_LEVEL": "warn",
                    "SYMBOLON_PROXIES_TRUSTED": "127.0.0.1/32", **limits, **self.db.env}
        self.symbolon("migrate")
        self.pinned, self.server = pinned, None

    def symbolon(self, *args):
        done = subprocess.run([self.binary, *args], cwd=self.folder, env=self.env, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"symbolon {' '.join(args)}: {done.stderr}")
        return done.stdout

    def fill(self, people, strangers):
        """`people` without tokens, who get some; and so many tokens of others."""
        series, uuid = self.db.series.format, self.db.uuid.format
        users = people + -(-strangers // PER_PERSON)
        noise = "lower(hex(randomblob(21))) || 'x'" if self.db.name == "SQLite" else "substr(md5(n || 'a') || md5(n || 'b'), 1, 43)"
        owner = uuid(f"{people} + n / {PER_PERSON}")
        script = f"""
INSERT INTO users (id, email, email_key, password, claims, role, enabled, rev, created_at, updated_at)
{series(users)} SELECT {uuid("n")}, 'person' || n || '@example.com', 'person' || n || '@example.com', NULL,
'{{}}', 'user', TRUE, 1, 1730000000000, 1730000000000 FROM s;
INSERT INTO members (workspace, user_id, role, created_at, updated_at)
{series(users)} SELECT 'default', {uuid("n")}, 'member', 1730000000000, 1730000000000 FROM s;
"""
        if strangers:
            script += f"""
INSERT INTO api_tokens (id, hash, hint, user_id, workspace, name, created_at)
{series(strangers)} SELECT {uuid("n")}, {noise}, 'abcd', {owner}, 'default', 'script', 1730000000000 FROM s;
"""
        begun = time.perf_counter()
        self.db.run(script)
        print(f"{self.db.name}: {users} people and {strangers} tokens in {time.perf_counter() - begun:.0f} s", flush=True)

    def tokens(self, n):
        made = []
        for one in range(n):
            person = f"person{one // PER_PERSON}@example.com"
            text = self.symbolon("token", "create", "--user", person, "--name", f"bench {one}", "--format", "json")
            made.append(json.loads(text)["token"])
        return made

    def starts(self):
        core = SERVER if self.pinned else []
        self.server = subprocess.Popen([*core, self.binary, "serve"], cwd=self.folder, env=self.env)
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready")
                break
            except OSError:
                time.sleep(0.1)
        # A new deployment makes its keys, which takes seconds: until it rests.
        ticks, before = lambda: sum(map(int, open(f"/proc/{self.server.pid}/stat").read().rsplit(")")[1].split()[11:13])), -9
        while ticks() - before > 2:
            before = ticks()
            time.sleep(1)
        if self.pinned and self.db.name == "PostgreSQL":
            for pid in self.database():
                subprocess.run(["taskset", "-acp", "1", str(pid)], stdout=subprocess.DEVNULL)

    def database(self):
        if self.db.name == "SQLite":
            return []
        postmaster = self.db.server.pid
        children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True).stdout.split()
        return [postmaster, *map(int, children)]

    def rival(self, name, tokens, path="/gate/forward", **more):
        asked = "X-Forwarded-Method: GET\r\nX-Forwarded-Host: api.example.com\r\nX-Forwarded-Uri: /files\r\n"
        requests = [get(path, f"{asked}Authorization: Token {token}\r\n") for token in tokens]
        return {"name": name, "address": f"127.0.0.1:{self.port}", "requests": requests, "pids": [self.server.pid], **more}

    def ends(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
        self.db.stop()


def get(path, headers=""):
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: symbolon-bench\r\nAccept: */*\r\n{headers}\r\n"


class Bare:
    """axum alone: 200 and nothing in it."""

    def __init__(self, bench, core):
        self.server = subprocess.Popen([*core, bench, "anchor-http"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.server.stdout.readline().strip()

    def rival(self, name="bare axum"):
        return {"name": name, "address": self.address, "requests": [get("/")], "pids": [self.server.pid]}

    def ends(self):
        self.server.stdin.close()
        self.server.wait()


def compare(bench, rivals, connections, rounds, millis=700, core=OTHERS, awake=False):
    asked = {"rivals": rivals, "connections": connections, "rounds": rounds, "millis": millis, "awake": awake}
    done = subprocess.run([*core, bench, "compare"], input=json.dumps(asked), capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def tell(rows):
    print(f"{'':<24}{'conn':>5}{'ops/s':>9}{'ops/core-s':>12}{'us/op':>8}{'p50 ms':>8}{'p99 ms':>8}{'of the first':>14}{'by core-s':>11}")
    def some(value, form):
        return form.format(value) if value is not None else "-"
    for row in rows:
        print(f"{row['name']:<24}{row['connections']:>5}{row['per_second']:>9.0f}{some(row['per_core_second'], '{:.0f}'):>12}"
              f"{some(row['cpu_micros'], '{:.1f}'):>8}{row['p50']:>8.2f}{row['p99']:>8.2f}{row['share']:>14.2f}"
              f"{some(row['core_share'], '{:.2f}'):>11}", flush=True)


def check(kind, binary, bench, folder):
    world, bare = World(kind, binary, folder + "/few"), Bare(bench, SERVER)
    try:
        world.fill(TOKENS // PER_PERSON, 0)
        tokens = world.tokens(TOKENS)
        world.starts()
        same = {**bare.rival("axum, the same headers"), "requests": [get("/headers")]}
        alive = world.rival("/health/alive", tokens, path="/health/alive")
        rivals = [bare.rival(), same, alive, world.rival(f"the gate, {world.db.name}", tokens)]
        # A load that sleeps while a slower server works is woken by it, and the server pays for that; PostgreSQL needs its core.
        rows = compare(bench, rivals, [1, 16, 64], 5, awake=world.db.name == "SQLite")
        tell(rows)
        # By core-second: what is left of the core when others work on it too is nobody's merit.
        return rows[-1]["core_share"] >= 0.5
    finally:
        bare.ends()
        world.ends()


def nginx(kind, binary, bench, folder):
    world, backend = World(kind, binary, folder + "/few", pinned=False), Bare(bench, [])
    front = None
    try:
        world.fill(TOKENS // PER_PERSON, 0)
        tokens = world.tokens(TOKENS)
        world.starts()
        guarded, plain = free_port(), free_port()
        printed = world.symbolon("snippet", "nginx", "--gate", f"127.0.0.1:{world.port}", "--backend", backend.address,
                                 "--host", "127.0.0.1", "--at", str(guarded))
        temps = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        conf = f"""daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
{"user root;" if os.getuid() == 0 else ""}
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 10000000; {temps}
{printed}
server {{ listen 127.0.0.1:{plain}; location / {{
  proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
}} }} }}"""
        with open(folder + "/nginx.conf", "w") as file:
            file.write(conf)
        front = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", folder + "/nginx.conf", "-e", folder + "/error.log"])
        time.sleep(1)
        through = world.rival("nginx, without", tokens, "/", address=f"127.0.0.1:{plain}", pids=[])
        rivals = [through, {**through, "name": "nginx with the gate", "address": f"127.0.0.1:{guarded}"}]
        rows = compare(bench, rivals, [1, 4, 16], 9, core=[])
        tell(rows)
        for without, with_gate in zip(rows[::2], rows[1::2]):
            print(f"added at {without['connections']} connections: p50 {with_gate['p50'] - without['p50']:.2f} ms, "
                  f"p99 {with_gate['p99'] - without['p99']:.2f} ms")
        return True
    finally:
        if front:
            front.terminate()
            front.wait()
        backend.ends()
        world.ends()


def many(kind, binary, bench, folder):
    few, crowd = World(kind, binary, folder + "/few"), World(kind, binary, folder + "/many")
    try:
        few.fill(TOKENS // PER_PERSON, 0)
        crowd.fill(TOKENS // PER_PERSON, MANY)
        tokens = [(world, world.tokens(TOKENS)) for world in (few, crowd)]
        few.starts()
        crowd.starts()
        names = [f"{TOKENS} tokens", f"{MANY + TOKENS} tokens"]
        rivals = [world.rival(name, all) for name, (world, all) in zip(names, tokens)]
        rows = compare(bench, rivals, [16, 64], 11)
        tell(rows)
        return all(row["core_share"] >= 0.9 for row in rows if row["name"] == names[1])
    finally:
        few.ends()
        crowd.ends()


def memory(kind, binary, bench, folder):
    world = World(kind, binary, folder + "/few")
    try:
        world.fill(1, 0)
        token = world.tokens(1)[0]
        world.starts()
        swapped = token[:9] + ("a" if token[9] != "a" else "b") + token[10:]
        stranger = get("/gate/forward", f"X-Forwarded-For: {{address}}\r\nAuthorization: Token {swapped}\r\n")
        rival = {**world.rival("strangers", [token]), "requests": [stranger], "status": 401}
        def resident():
            told = subprocess.run(["ps", "-o", "rss=", "-p", str(world.server.pid)], capture_output=True, text=True)
            return int(told.stdout) / 1024
        # Whatever it takes to serve at all is taken before it is counted.
        compare(bench, [world.rival("somebody", [token])], [16], 1, 2000)
        before, asked, rows, begun = resident(), 0, [], time.perf_counter()
        while asked < MANY and time.perf_counter() - begun < 80:
            rows += compare(bench, [{**rival, "from": asked}], [16], 1, 3000)
            asked = rows[-1]["asked"]
            print(f"{asked:>9} addresses: {resident():6.1f} MiB, {rows[-1]['per_core_second']:8.0f} answers per core-second", flush=True)
        grown = resident() - before
        print(f"{before:.1f} MiB before, {grown:.1f} MiB more after {asked} addresses")
        return grown <= 64 and rows[-1]["per_core_second"] >= 0.9 * rows[0]["per_core_second"]
    finally:
        world.ends()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("symbolon")
    arguments.add_argument("bench")
    arguments.add_argument("bar", choices=["check", "nginx", "many", "memory"])
    arguments.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    asked = arguments.parse_args()
    kind = {"sqlite": Sqlite, "postgres": Postgres}[asked.database]
    bars = {"check": check, "nginx": nginx, "many": many, "memory": memory}
    with open("/proc/loadavg") as load:
        print("load before:", load.read().split()[0], flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        good = bars[asked.bar](kind, os.path.abspath(asked.symbolon), os.path.abspath(asked.bench), folder)
    print("holds" if good else "MISSED")
    sys.exit(not good)


if __name__ == "__main__":
    main()
