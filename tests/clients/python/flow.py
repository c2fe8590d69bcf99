"""A stranger's relying party: requests-oauthlib, oauthlib and PyJWT against a running Symbolon.

Knows nothing of the server but its issuer. Settings come from the environment:

  ISSUER, CLIENT_ID, REDIRECT_URI, EMAIL, PASSWORD, SCOPE   required
  CLIENT_SECRET              empty or absent: a public client
  CLIENT_AUTH                basic (default) or post: how the secrets are sent
  PROMPT                     sent as `prompt` when set
  MACHINE_CLIENT_ID, MACHINE_CLIENT_SECRET, MACHINE_SCOPE    a client_credentials client, if there is one
  POST_LOGOUT_REDIRECT_URI   where CLIENT_ID has people sent after signing out, if it is registered
  ROTATE_KEYS                a shell command that rotates the server's signing keys, if that may be done

Prints one line per step. Exits 0 when every step passed, 1 when one failed, 2 when a setting is missing.
"""

import json
import os
import re
import subprocess
import sys
import time
import traceback
from html.parser import HTMLParser
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit


def setting(name, default=None):
    value = os.environ.get(name) or default
    if value is None:
        print(f"flow.py: {name} is not set; the settings are listed at the top of {__file__}", file=sys.stderr)
        sys.exit(2)
    return value


ISSUER = setting("ISSUER")
CLIENT_ID = setting("CLIENT_ID")
CLIENT_SECRET = setting("CLIENT_SECRET", "")
CLIENT_AUTH = setting("CLIENT_AUTH", "basic")
REDIRECT_URI = setting("REDIRECT_URI")
EMAIL = setting("EMAIL")
PASSWORD = setting("PASSWORD")
SCOPE = setting("SCOPE")
PROMPT = setting("PROMPT", "")
MACHINE_CLIENT_ID = setting("MACHINE_CLIENT_ID", "")
MACHINE_CLIENT_SECRET = setting("MACHINE_CLIENT_SECRET", "")
MACHINE_SCOPE = setting("MACHINE_SCOPE", "")
POST_LOGOUT_REDIRECT_URI = setting("POST_LOGOUT_REDIRECT_URI", "")
ROTATE_KEYS = setting("ROTATE_KEYS", "")

if CLIENT_AUTH not in ("basic", "post"):
    print(f"flow.py: CLIENT_AUTH is {CLIENT_AUTH!r}; write basic or post", file=sys.stderr)
    sys.exit(2)

if urlsplit(ISSUER).scheme == "http":
    # oauthlib refuses plain HTTP unless told; a proxy of this machine has no business with its loopback.
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    os.environ["NO_PROXY"] = "*"

import jwt
import requests
from oauthlib.common import generate_token
from oauthlib.oauth2 import BackendApplicationClient, InvalidGrantError, OAuth2Error, WebApplicationClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

TIMEOUT = 20
WANTS_REFRESH = bool({"offline", "offline_access"} & set(SCOPE.split()))


class Failed(Exception):
    """A step did not go as a relying party may expect."""


def check(truth, message):
    if not truth:
        raise Failed(message)


def step(text):
    print(f"ok    {text}", flush=True)


def skip(text):
    print(f"skip  {text}", flush=True)


# --- the person's browser ---------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The forms of a page, and its text for error messages."""

    def __init__(self, html):
        super().__init__()
        self.forms = []
        self.words = []
        self._form = None
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attrs = {name: value or "" for name, value in attributes}
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "form":
            self._form = {"action": attrs.get("action", ""), "method": attrs.get("method", "get").lower()}
            self._form["inputs"], self._form["buttons"] = {}, []
            self.forms.append(self._form)
        elif self._form is None or "disabled" in attrs:
            pass
        elif tag == "button" and attrs.get("type", "submit") == "submit":
            self._form["buttons"].append(attrs)
        elif tag == "input" and attrs.get("type") == "submit":
            self._form["buttons"].append(attrs)
        elif tag == "input" and attrs.get("name"):
            if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
                self._form["inputs"][attrs["name"]] = attrs.get("value", "")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._silent -= 1
        elif tag == "form":
            self._form = None

    def handle_data(self, data):
        if not self._silent:
            self.words += data.split()

    def text(self):
        return " ".join(self.words)[:400]


class Browser:
    """Keeps cookies, follows redirects by hand, fills the two forms, and stops at the door of the relying party."""

    def __init__(self):
        self.session = requests.Session()
        self.session.trust_env = urlsplit(ISSUER).scheme != "http"
        self.session.headers["User-Agent"] = "Mozilla/5.0 (a test's browser)"
        self.session.headers["Accept"] = "text/html"
        # Browsers count http://127.0.0.1 as trustworthy and send Secure cookies there; requests must be told so.
        self.session.cookies.set_policy(DefaultCookiePolicy(secure_protocols=("https", "http")))
        self.pages = []

    def travel(self, url, back=REDIRECT_URI):
        """Goes there and on until it is led back, and returns the URL that the relying party would make of it."""
        self.pages = []
        request = ("GET", url, None)
        for _ in range(15):
            method, url, fields = request
            response = self._send(method, url, fields)
            if response.is_redirect:
                check(method == "GET" or response.status_code in (302, 303),
                      f"{method} {urlsplit(url).path} answered {response.status_code}: a form would be sent on")
                target = urljoin(url, response.headers["Location"])
                if target == back or target.startswith(back + ("&" if "?" in back else "?")):
                    return target
                check(target.startswith(ISSUER + "/"), f"redirected to {target}, neither the issuer nor {back}")
                request = ("GET", target, None)
            else:
                page = Page(response.text)
                form = next((form for form in page.forms if form["action"] == back), None)
                if form is not None:
                    return self._press(urlsplit(url).path, form, response)
                request = self._fill(url, response, page)
        raise Failed(f"still not back at {back} after 15 requests; pages seen: {self.pages}")

    def _send(self, method, url, fields):
        headers = {}
        if method == "POST":
            headers = {"Origin": ISSUER, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
        return self.session.request(method, url, data=fields, headers=headers, allow_redirects=False, timeout=TIMEOUT)

    def _press(self, where, form, response):
        """Form Post Response Mode §2, with scripts off. oauthlib reads URLs only, so what is posted becomes a query."""
        check(response.status_code == 200, f"{where}: a form that leads back, with the status {response.status_code}")
        check(form["method"] == "post", f"{where}: this form would put the answer into the URL")
        check(len(form["buttons"]) == 1, f"{where}: nothing to press for who has no scripts")
        kept = response.headers.get("Cache-Control")
        check(kept == "no-store", f"{where}: the answer may be kept: {kept}")
        allowed = re.search("form-action ([^;]*)", response.headers.get("Content-Security-Policy", ""))
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(form["action"]))
        check(allowed is None or origin in allowed[1].split(), f"{where}: browsers may not send this: {allowed}")
        self.pages.append("form")
        return form["action"] + ("&" if "?" in form["action"] else "?") + urlencode(form["inputs"])

    def _fill(self, url, response, page):
        where = f"{urlsplit(url).path} ({response.status_code})"
        check(response.status_code == 200, f"the browser got an error page at {where}: {page.text()}")
        for form in page.forms:
            if {"email", "password"} <= form["inputs"].keys():
                check("sign-in" not in self.pages, f"sign-in was refused at {where}: {page.text()}")
                self.pages.append("sign-in")
                button = next((b for b in form["buttons"] if b.get("id") == "sign-in"), None)
                check(button is not None, f"the form at {where} has no button with the id sign-in")
                return self._submit(url, form, button, {"email": EMAIL, "password": PASSWORD})
            button = next((b for b in form["buttons"] if (b.get("name"), b.get("value")) == ("decision", "allow")), None)
            if button is not None:
                check("consent" not in self.pages, f"consent was asked twice at {where}: {page.text()}")
                self.pages.append("consent")
                return self._submit(url, form, button, {})
        raise Failed(f"{where} has neither a sign-in nor a consent form: {page.text()}")

    def _submit(self, url, form, button, typed):
        check(form["method"] == "post", f"a form at {urlsplit(url).path} would put what it carries into the URL")
        fields = {**form["inputs"], **typed}
        if button.get("name"):
            fields[button["name"]] = button.get("value", "")
        return "POST", urljoin(url, form["action"]), fields


# --- the relying party ------------------------------------------------------------------------------------------------


class Credentials:
    """How a client says who it is: by HTTP Basic, in the body, or by name alone."""

    def __init__(self, client_id, client_secret):
        self.client_id, self.client_secret = client_id, client_secret
        self.by_basic = bool(client_secret) and CLIENT_AUTH == "basic"
        self.auth = HTTPBasicAuth(client_id, client_secret) if self.by_basic else None
        self.body = {} if self.by_basic else {"client_id": client_id}
        if client_secret and not self.by_basic:
            self.body["client_secret"] = client_secret

    def fetch_arguments(self):
        """For OAuth2Session.fetch_token, which puts client_id into the body by itself."""
        if self.by_basic:
            return {"auth": self.auth}
        return {"include_client_id": True, "client_secret": self.client_secret or None}


def discover():
    response = requests.get(ISSUER + "/.well-known/openid-configuration", timeout=TIMEOUT)
    check(response.status_code == 200, f"discovery answered {response.status_code}")
    kind = response.headers.get("Content-Type", "")
    check(kind.startswith("application/json"), f"discovery has the type {kind}")
    meta = response.json()
    check(meta["issuer"] == ISSUER, f"discovery names the issuer {meta['issuer']}, not {ISSUER}")
    for name in ("authorization", "token", "userinfo", "introspection", "revocation"):
        check(f"{name}_endpoint" in meta, f"discovery has no {name}_endpoint")
    check("S256" in meta.get("code_challenge_methods_supported", []), "discovery does not offer PKCE with S256")
    check(meta.get("authorization_response_iss_parameter_supported") is True, "discovery does not promise iss")
    step(f"discovery: {ISSUER}")
    return meta


def authorize(oauth, meta, browser, nonce, **more):
    extra = {"nonce": nonce, **({"prompt": PROMPT} if PROMPT else {}), **more}
    url, state = oauth.authorization_url(meta["authorization_endpoint"], **extra)
    check("code_challenge_method=S256" in url, "requests-oauthlib sent no S256 challenge")
    answer = browser.travel(url)
    params = parse_qs(urlsplit(answer).query, keep_blank_values=True)
    check("error" not in params, f"authorization was refused: {params}")
    check(params.get("state") == [state], f"state came back as {params.get('state')}")
    check(params.get("iss") == [ISSUER], f"RFC 9207: iss came back as {params.get('iss')}")
    check(len(params.get("code", [])) == 1, "the answer has no code, or several")
    step(f"authorization: code, state and iss, after the pages: {', '.join(browser.pages) or 'none'}")
    return answer


def exchange(oauth, meta, me, answer):
    tokens = oauth.fetch_token(
        meta["token_endpoint"], authorization_response=answer, timeout=TIMEOUT, **me.fetch_arguments()
    )
    check(tokens["token_type"].lower() == "bearer", f"the token type is {tokens['token_type']}")
    check(isinstance(tokens["expires_in"], int) and tokens["expires_in"] > 0, "expires_in is not a number of seconds")
    check("id_token" in tokens, "no id_token for the scope openid")
    check("refresh_token" in tokens or not WANTS_REFRESH, f"no refresh_token for the scope {SCOPE!r}")
    step(f"exchange: access token for {tokens['expires_in']} s")
    return dict(tokens)


def verify_id_token(meta, tokens, nonce, keys=None):
    keys = keys or jwt.PyJWKClient(meta["jwks_uri"])
    key = keys.get_signing_key_from_jwt(tokens["id_token"])
    algorithms = [name for name in meta["id_token_signing_alg_values_supported"] if name[:2] in ("RS", "PS", "ES", "Ed")]
    decoded = jwt.decode_complete(
        tokens["id_token"], key, algorithms=algorithms, audience=CLIENT_ID, issuer=ISSUER,
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )
    header, claims = decoded["header"], decoded["payload"]
    check(nonce is None or claims.get("nonce") == nonce, f"the ID token's nonce is {claims.get('nonce')}")
    digest = jwt.get_algorithm_by_name(header["alg"]).compute_hash_digest(tokens["access_token"].encode())
    at_hash = jwt.utils.base64url_encode(digest[: len(digest) // 2]).decode()
    check(claims.get("at_hash") == at_hash, f"at_hash is {claims.get('at_hash')}, computed {at_hash}")
    return header, claims


def userinfo_status(meta, access_token):
    """The bare answer, so that a refusal can be looked at."""
    headers = {"Authorization": f"Bearer {access_token}"}
    return requests.get(meta["userinfo_endpoint"], headers=headers, timeout=TIMEOUT)


def read_userinfo(oauth, meta, subject):
    response = oauth.get(meta["userinfo_endpoint"], timeout=TIMEOUT)
    check(response.status_code == 200, f"userinfo answered {response.status_code}: {response.text[:300]}")
    person = response.json()
    check(person.get("sub") == subject, f"userinfo's sub is {person.get('sub')}, the ID token's is {subject}")
    if "email" in SCOPE.split():
        check(person.get("email") == EMAIL, f"userinfo's email is {person.get('email')}, not {EMAIL}")
    return person


def refused_at_userinfo(meta, access_token, which):
    response = userinfo_status(meta, access_token)
    check(response.status_code == 401, f"{which} got {response.status_code} at userinfo, not 401")
    challenge = response.headers.get("WWW-Authenticate", "")
    check("bearer" in challenge.lower() and "invalid_token" in challenge, f"{which}: the challenge is {challenge!r}")


def introspect(meta, me, token):
    response = requests.post(
        meta["introspection_endpoint"], data={"token": token, **me.body}, auth=me.auth, timeout=TIMEOUT
    )
    check(response.status_code == 200, f"introspection answered {response.status_code}: {response.text[:300]}")
    return response.json()


def refresh(oauth, meta, me, refresh_token):
    return dict(
        oauth.refresh_token(
            meta["token_endpoint"], refresh_token=refresh_token, auth=me.auth, timeout=TIMEOUT, **me.body
        )
    )


def refresh_and_replay(oauth, meta, me, first, subject):
    second = refresh(oauth, meta, me, first["refresh_token"])
    check(second["refresh_token"] != first["refresh_token"], "the refresh token was not rotated")
    check(second["access_token"] != first["access_token"], "the access token was not renewed")
    refused_at_userinfo(meta, first["access_token"], "the access token from before the refresh")
    read_userinfo(oauth, meta, subject)
    if second.get("id_token"):
        _, claims = verify_id_token(meta, second, None)
        check(claims["sub"] == subject, "the refreshed ID token is about someone else")
    step("refresh: a new pair works, the old access token is dead at once")

    again = refresh(oauth, meta, me, first["refresh_token"])
    check(again["refresh_token"] == second["refresh_token"], "a retried refresh forked the grant: other refresh token")
    check(again["access_token"] == second["access_token"], "a retried refresh forked the grant: other access token")
    read_userinfo(oauth, meta, subject)
    step("replay: the same old refresh token was answered with the same successor")
    return again


def look_inside(meta, me, subject, tokens):
    report = introspect(meta, me, tokens["access_token"])
    check(report.get("active") is True, f"introspection says of a live access token: {report}")
    check(report.get("sub") == subject, f"introspection names the subject {report.get('sub')}")
    check(report.get("client_id") == CLIENT_ID, f"introspection names the client {report.get('client_id')}")
    nonsense = introspect(meta, me, "no-token-of-yours")
    check(nonsense == {"active": False}, f"RFC 7662 §2.2: an unknown token was described: {nonsense}")
    step("introspection: active, with sub and client_id; an unknown token is inactive and nothing else")


def revoke(oauth, meta, me, tokens):
    kind = "refresh_token" if "refresh_token" in tokens else "access_token"
    client = WebApplicationClient(CLIENT_ID)
    url, headers, body = client.prepare_token_revocation_request(
        meta["revocation_endpoint"], tokens[kind], token_type_hint=kind, **me.body
    )
    for attempt in ("first", "second"):  # RFC 7009 §2.2: a dead token is no error
        response = requests.post(url, data=body, headers=headers, auth=me.auth, timeout=TIMEOUT)
        check(response.status_code == 200, f"the {attempt} revocation answered {response.status_code}: {response.text}")
    refused_at_userinfo(meta, tokens["access_token"], "the access token after revocation")
    if kind == "refresh_token":
        try:
            refresh(oauth, meta, me, tokens[kind])
        except InvalidGrantError:
            pass
        else:
            raise Failed("a revoked refresh token was honoured")
    if CLIENT_SECRET:
        report = introspect(meta, me, tokens["access_token"])
        check(report == {"active": False}, f"introspection says of a revoked access token: {report}")
    step(f"revocation of the {kind}: access token refused" + (", refresh is invalid_grant" * (kind == "refresh_token")))


def relying_party():
    return OAuth2Session(CLIENT_ID, redirect_uri=REDIRECT_URI, scope=SCOPE.split(), pkce="S256")


def sign_in(meta, me, browser, keys=None, **more):
    """Code, tokens, ID token; gives tokens, and the ID token's header and claims."""
    oauth, nonce = relying_party(), generate_token(32)
    tokens = exchange(oauth, meta, me, authorize(oauth, meta, browser, nonce, **more))
    return (tokens, *verify_id_token(meta, tokens, nonce, keys))


def renew_silently(meta, me, browser, tokens, was):
    """OIDC Core §3.1.2.1: a page that renews itself in the background asks nobody anything."""
    renewed, _, claims = sign_in(meta, me, browser, prompt="none", id_token_hint=tokens["id_token"])
    check(not browser.pages, f"prompt=none showed pages: {browser.pages}")
    for name in ("sub", "auth_time", "sid"):
        check(name in was and claims.get(name) == was[name],
              f"silent renewal: {name} was {was.get(name)}, is {claims.get(name)}")
    check(renewed["access_token"] != tokens["access_token"], "silent renewal gave the same access token")
    step("silent renewal: no page; a new code with the same sub, auth_time and sid")


def silent_refusal(meta, browser, **more):
    """The error that prompt=none is answered with, as oauthlib reads it."""
    oauth = relying_party()
    url, _ = oauth.authorization_url(meta["authorization_endpoint"], prompt="none", **more)
    try:
        oauth.fetch_token(meta["token_endpoint"], authorization_response=browser.travel(url), timeout=TIMEOUT)
    except OAuth2Error as refused:
        return refused.error
    raise Failed("prompt=none for nobody was accepted")


def by_form_post(meta, me, browser):
    """Form Post Response Mode, for answers and for refusals."""
    tokens, _, claims = sign_in(meta, me, browser, response_mode="form_post")
    check(browser.pages[-1:] == ["form"], f"no form was posted: {browser.pages}")
    error = silent_refusal(meta, Browser(), response_mode="form_post")
    check(error == "login_required", f"prompt=none without a session was answered with {error}")
    revoke(relying_party(), meta, me, tokens)
    step(f"form_post: a code for {claims['sub']}, and login_required, both by POST")


def key_set(meta, etag=None):
    """The JWK set as a cache would ask for it."""
    response = requests.get(meta["jwks_uri"], headers={"If-None-Match": etag} if etag else {}, timeout=TIMEOUT)
    kids = [key["kid"] for key in response.json()["keys"]] if response.status_code == 200 else []
    return response, kids


def rotation(meta, me, browser):
    """The keys change while the library has the old set in its cache."""
    # By itself PyJWT looks for an unknown key once in 30 seconds at most; that much waiting proves nothing.
    keys = jwt.PyJWKClient(meta["jwks_uri"], cooldown_duration=0)
    old, header, was = sign_in(meta, me, browser, keys)
    cached, _ = key_set(meta)
    check(re.search("max-age=[1-9]", cached.headers.get("Cache-Control", "")), "how long may the key set be kept?")
    etag = cached.headers["ETag"]
    check(key_set(meta, etag)[0].status_code == 304, "the same key set was sent twice, though its ETag was shown")

    ran = subprocess.run(ROTATE_KEYS, shell=True, capture_output=True, text=True, timeout=TIMEOUT)
    check(ran.returncode == 0, f"ROTATE_KEYS failed: {ran.stderr}")
    kid = next(key["kid"] for key in json.loads(ran.stdout) if key["alg"] == header["alg"])
    end = time.monotonic() + TIMEOUT  # the command works beside the server, which notices
    while kid not in key_set(meta, etag)[1]:
        check(time.monotonic() < end, f"the key {kid} that signs from now on is not published")
    check(header["kid"] in key_set(meta)[1], "the key that signed until now is gone from the key set")
    cached_kids = [key.key_id for key in keys.get_signing_keys()]
    check(kid not in cached_kids, "the cached set knows the new key: nothing was rotated")

    new, fresh, claims = sign_in(meta, me, browser, keys)
    check(fresh["kid"] == kid, f"the new ID token is signed with {fresh['kid']}, not {kid}")
    check(kid in [key.key_id for key in keys.get_signing_keys()], "the library did not fetch the new set")
    # The old ID token, before a library that has only ever seen the new set.
    verify_id_token(meta, old, None)
    if WANTS_REFRESH:
        renewed = refresh(relying_party(), meta, me, old["refresh_token"])
        check(verify_id_token(meta, renewed, None)[0]["kid"] == kid, "a refresh is not signed with the new key")
    check(claims["sub"] == was["sub"], "the rotation made someone else of the person")
    revoke(relying_party(), meta, me, new)
    step(f"rotation: {header['kid']} still verifies, {kid} does after a refetch; ETag and 304 hold")


def log_out(meta, browser, tokens):
    """RP-Initiated Logout §2, §3; requests-oauthlib has no word for it, so the URL is made by hand."""
    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": POST_LOGOUT_REDIRECT_URI}
    state = generate_token(32)
    back = browser.travel(
        meta["end_session_endpoint"] + "?" + urlencode({**hint, "state": state}), POST_LOGOUT_REDIRECT_URI
    )
    check(not browser.pages, f"signing out with a hint showed pages: {browser.pages}")
    check(parse_qs(urlsplit(back).query) == {"state": [state]}, f"signing out led back to {back}")
    error = silent_refusal(meta, browser)
    check(error == "login_required", f"prompt=none after signing out was answered with {error}")
    step("logout: led back with state; prompt=none is login_required")


def machine(meta):
    me = Credentials(MACHINE_CLIENT_ID, MACHINE_CLIENT_SECRET)
    oauth = OAuth2Session(client=BackendApplicationClient(MACHINE_CLIENT_ID, scope=MACHINE_SCOPE.split() or None))
    tokens = oauth.fetch_token(meta["token_endpoint"], timeout=TIMEOUT, **me.fetch_arguments())
    check("refresh_token" not in tokens, "RFC 6749 §4.4.3: a refresh token for client_credentials")
    check("id_token" not in tokens, "an ID token about nobody")
    report = introspect(meta, me, tokens["access_token"])
    check(report.get("active") is True, f"introspection says of the machine's token: {report}")
    check(report.get("client_id") == MACHINE_CLIENT_ID, f"introspection names the client {report.get('client_id')}")
    status = userinfo_status(meta, tokens["access_token"]).status_code
    check(status in (401, 403), f"userinfo answered {status} to a token that stands for no person")
    step("client_credentials: an active token, no refresh token, nothing at userinfo")


def main():
    me = Credentials(CLIENT_ID, CLIENT_SECRET)
    browser = Browser()
    oauth = relying_party()
    nonce = generate_token(32)

    meta = discover()
    answer = authorize(oauth, meta, browser, nonce)
    tokens = exchange(oauth, meta, me, answer)
    header, claims = verify_id_token(meta, tokens, nonce)
    subject = claims["sub"]
    step(f"ID token: {header['alg']} signature, iss, aud, nonce and at_hash hold")
    person = read_userinfo(oauth, meta, subject)
    step(f"userinfo: {', '.join(sorted(person))}")
    if WANTS_REFRESH:
        tokens = refresh_and_replay(oauth, meta, me, tokens, subject)
    else:
        skip("refresh and replay: SCOPE has neither offline nor offline_access")
    if CLIENT_SECRET:
        look_inside(meta, me, subject, tokens)
    else:
        skip("introspection: a public client may not ask")
    revoke(oauth, meta, me, tokens)

    tokens, _, claims = sign_in(meta, me, browser)
    renew_silently(meta, me, browser, tokens, claims)
    by_form_post(meta, me, browser)
    if ROTATE_KEYS:
        rotation(meta, me, browser)
    else:
        skip("rotation: ROTATE_KEYS is not set")
    if POST_LOGOUT_REDIRECT_URI:  # with an ID token whose key has retired, where keys were rotated
        log_out(meta, browser, tokens)
    else:
        skip("logout: POST_LOGOUT_REDIRECT_URI is not set")
    if MACHINE_CLIENT_ID:
        machine(meta)
    else:
        skip("client_credentials: MACHINE_CLIENT_ID is not set")
    print("python flow: all steps passed", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        print(f"FAILED  {failure}", file=sys.stderr)
        sys.exit(1)
    except Exception as surprise:  # a library refused the server's answer: its own words, and our lines that led there
        ours = [frame for frame in traceback.extract_tb(surprise.__traceback__) if frame.filename == __file__]
        path = " > ".join(f"{frame.name}:{frame.lineno}" for frame in ours)
        print(f"FAILED  {type(surprise).__name__}: {surprise} (at {path})", file=sys.stderr)
        sys.exit(1)
