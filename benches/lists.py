#!/usr/bin/env python3
"""How long the console's lists take with 100,000 clients, 1,000,000 people and 1,000,000 grants, on both databases.

    python3 benches/lists.py path/to/symbolon [--users 1000000] [--only sqlite|postgres]

Needs Debian's postgresql for the second. Everything is made in a temporary directory and taken away afterwards.
Prints for each page the median and the slowest of 20 requests, and exits with 1 where a median is 100 ms or more.
"""

import argparse, glob, http.cookiejar, json, os, re, shutil, socket, sqlite3, statistics, subprocess, sys, tempfile, time
import urllib.parse, urllib.request

PASSWORD = "correct horse battery staple"
BAR_MS = 100


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Sqlite:
    name = "SQLite"

    def __init__(self, folder):
        self.file, self.env = os.path.join(folder, "data", "symbolon.db"), {}

    def run(self, script):
        db = sqlite3.connect(self.file)
        db.executescript("PRAGMA synchronous=OFF;" + script + "ANALYZE;")
        db.close()

    def plan(self, query):
        db = sqlite3.connect(self.file)
        rows = [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + query)]
        db.close()
        return rows

    series = "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {})"
    uuid = "printf('01930000-0000-7000-8000-%012x', {})"

    def stop(self):
        pass


class Postgres:
    name = "PostgreSQL"

    def __init__(self, folder):
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.port, self.folder = free_port(), os.path.join(folder, "cluster")
        self.user = "postgres" if os.getuid() == 0 else None
        os.mkdir(self.folder)
        if self.user:
            os.chmod(folder, 0o755)
            shutil.chown(self.folder, "postgres")
        self.call("initdb", "-D", self.folder, "-A", "trust", "-U", "postgres")
        self.server = self.open("postgres", "-D", self.folder, "-p", str(self.port), "-k", self.folder, "-h", "127.0.0.1")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        while subprocess.run([f"{self.bin}/pg_isready", "-q", "-d", self.url]).returncode:
            time.sleep(0.1)
        self.env = {"SYMBOLON_DATABASE_URL": self.url}

    def open(self, program, *args):
        return subprocess.Popen([f"{self.bin}/{program}", *args], user=self.user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def call(self, program, *args):
        if self.open(program, *args).wait():
            sys.exit(f"{program} failed")

    def psql(self, script):
        done = subprocess.run([f"{self.bin}/psql", "-qtAX", "-v", "ON_ERROR_STOP=1", self.url], input=script, text=True, capture_output=True)
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout.splitlines()

    def run(self, script):
        self.psql(script + "VACUUM ANALYZE;")

    def plan(self, query):
        return [line.strip() for line in self.psql("EXPLAIN " + query)]

    series = "WITH s(n) AS (SELECT generate_series(0, {} - 1))"
    uuid = "'01930000-0000-7000-8000-' || lpad(to_hex({}), 12, '0')"

    def stop(self):
        self.server.terminate()
        self.server.wait()


def fill(db, users, clients, grants, client):
    """Half of all grants are of one client; each of the others has a share of the rest. Names are all alike but for a number."""
    def series(n):
        return db.series.format(n)
    uuid = db.uuid.format
    script = f"""
INSERT INTO users (id, email, email_key, password, claims, role, enabled, rev, created_at, updated_at)
{series(users)} SELECT {uuid("n")}, 'person' || n || '@example.com', 'person' || n || '@example.com', NULL,
'{{"name":"Person ' || n || '"}}', 'user', TRUE, 1, 1730000000000, 1730000000000 FROM s;
INSERT INTO members (workspace, user_id, role, created_at, updated_at)
{series(users)} SELECT 'default', {uuid("n")}, 'member', 1730000000000, 1730000000000 FROM s;
INSERT INTO clients (id, name, search, metadata, secrets, enabled, not_before, rev, created_at, updated_at)
{series(clients)} SELECT 'client' || n, 'Client ' || n, 'client ' || n || ' client' || n, c.metadata, c.secrets, TRUE, 0, 1,
1730000000000, 1730000000000 FROM s, clients c WHERE c.id = '{client}';
INSERT INTO grants (id, client_id, user_id, sid, scope, resource, auth_time, acr, amr, code_hash, redirect_uri,
code_expires_at, redeemed_at, generation, rotated_at, access_expires_at, access_ended, idle_expires_at, expires_at, created_at, workspace)
{series(grants)} SELECT {uuid("n + 4294967296")}, 'client' || CASE WHEN n % 2 = 0 THEN 0 ELSE n % {clients} END,
{uuid(f"CASE WHEN n % 10 = 0 THEN 0 ELSE n % {users} END")}, 'sid' || n, 'openid offline', '[]', 1730000000000, 'a', 'pwd', 'h' || n,
'https://app.example/cb', 1730000000000, 1730000000000, 3, 1730000000000, 4100000000000, 0, 4100000000000, 4100000000000,
1730000000000, 'default' FROM s;
"""
    db.run(script)


class Browser:
    def __init__(self, url):
        self.url, jar = url, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.opener.addheaders = [("user-agent", "lists"), ("accept", "text/html")]

    def get(self, path):
        return self.opener.open(self.url + path).read().decode()

    def signs_in(self):
        page = self.get("/login")
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        fields |= {"email": "root@example.com", "password": PASSWORD}
        request = urllib.request.Request(self.url + "/login", urllib.parse.urlencode(fields).encode(), {"origin": self.url})
        self.opener.open(request)


def measure(browser, path):
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        page = browser.get(path)
        times.append((time.perf_counter() - begun) * 1000)
    following = re.search(r'rel="next" href="([^"]*)"', page)
    return statistics.median(times), max(times), following and following[1].replace("&amp;", "&")


def bench(db, binary, folder, sizes):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {"PATH": os.environ["PATH"], **db.env, "SYMBOLON_LISTEN": f"127.0.0.1:{port}", "SYMBOLON_LOG_LEVEL": "warn"}
    def symbolon(*args, **more):
        done = subprocess.run([binary, *args, "--format", "json"], cwd=folder, env=env, capture_output=True, text=True, **more)
        if done.returncode:
            sys.exit(f"symbolon {' '.join(args)}: {done.stderr}")
        return done.stdout
    symbolon("migrate")
    symbolon("user", "create", "--email", "root@example.com", "--admin", "--password-stdin", input=PASSWORD + "\n")
    client = json.loads(symbolon("client", "create", "--name", "Model", "--redirect-uri", "https://app.example/cb"))["client_id"]
    begun = time.perf_counter()
    fill(db, *sizes, client)
    print(f"{db.name}: filled in {time.perf_counter() - begun:.0f} s")
    server = subprocess.Popen([binary, "serve"], cwd=folder, env=env)
    try:
        while True:
            try:
                urllib.request.urlopen(url + "/health/ready")
                break
            except OSError:
                time.sleep(0.1)
        browser = Browser(url)
        browser.signs_in()
        last = db.uuid and "01930000-0000-7000-8000-000000000000"
        slow = 0
        for path in [
            "/admin", "/admin/clients", "/admin/clients?search=client+99999", "/admin/clients?search=nothing",
            "/admin/clients/client0", "/admin/users", "/admin/users?search=person", "/admin/users?search=person99999",
            "/admin/users?search=nobody", f"/admin/users/{last}", "/admin/workspaces", "/admin/workspaces/default",
            "/admin/workspaces/default?search=person99999", "/admin/grants?client=client0", "/admin/grants?client=client99",
            f"/admin/grants?user={last}", "/admin/audit", "/admin/jobs",
        ]:
            middle, most, following = measure(browser, path)
            print(f"  {path:<60} {middle:7.1f} ms  slowest {most:7.1f}")
            slow += middle >= BAR_MS
            if following:
                middle, most, _ = measure(browser, following)
                print(f"  {'  its second page':<60} {middle:7.1f} ms  slowest {most:7.1f}")
                slow += middle >= BAR_MS
        for query in [
            "SELECT id FROM grants WHERE client_id = 'client0' AND id > '0193' AND revoked_at IS NULL ORDER BY id LIMIT 51",
            "SELECT id FROM clients WHERE id IN (SELECT id FROM clients WHERE id > '' AND search LIKE '%99999%' ORDER BY id LIMIT 51) ORDER BY id",
            "SELECT id FROM users WHERE email_key >= 'person9' AND email_key < 'person9~' AND email_key <> '' ORDER BY email_key LIMIT 51",
        ]:
            print("  " + query, *db.plan(query), sep="\n      ")
        return slow
    finally:
        server.terminate()
        server.wait()
        db.stop()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("binary")
    arguments.add_argument("--users", type=int, default=1_000_000)
    arguments.add_argument("--clients", type=int, default=100_000)
    arguments.add_argument("--grants", type=int, default=1_000_000)
    arguments.add_argument("--only", choices=["sqlite", "postgres"])
    asked = arguments.parse_args()
    kinds = {"sqlite": Sqlite, "postgres": Postgres}
    slow = 0
    for name, kind in kinds.items():
        if asked.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                slow += bench(kind(folder), os.path.abspath(asked.binary), folder, (asked.users, asked.clients, asked.grants))
    sys.exit(slow > 0)


if __name__ == "__main__":
    main()
