# The authorization code flow with PKCE. Open http://localhost:3000/
import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http: on this machine only
from requests.auth import HTTPBasicAuth  # [confidential]
from requests_oauthlib import OAuth2Session

ISSUER = "{issuer}"
app = OAuth2Session(
    "{client_id}",
    redirect_uri="{redirect_uri}",
    scope=["openid", "offline", "profile", "email"],
    pkce="S256",
)
auth = HTTPBasicAuth("{client_id}", "{client_secret}")  # [confidential]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if not self.path.startswith("/callback"):
            url, app._state = app.authorization_url(f"{ISSUER}/oauth2/auth")
            self.send_response(303)
            self.send_header("Location", url)
            self.end_headers()
            return
        tokens = app.fetch_token(
            f"{ISSUER}/oauth2/token",
            authorization_response=f"http://localhost:3000{self.path}",
            auth=auth,  # [confidential]
            include_client_id=True,  # [public]
        )
        person = app.get(f"{ISSUER}/userinfo").json()
        refreshed = app.refresh_token(
            f"{ISSUER}/oauth2/token",
            tokens["refresh_token"],
            auth=auth,  # [confidential]
            client_id="{client_id}",  # [public]
        )
        body = {"person": person, "refreshed": refreshed["expires_in"]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body, indent=2).encode())


print("Open http://localhost:3000/")
HTTPServer(("localhost", 3000), Handler).serve_forever()
