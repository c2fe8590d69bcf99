"""A third party: django-oauth-toolkit. Refresh tokens are good for one use, and within a grace period for more; with
--reuse-protection, a use after that ends all tokens of the grant.

    python server.py --port 4002 --client-id vault --client-secret s3cret --redirect-uri https://…/callback
                     [--access-seconds 60] [--grace-seconds 120] [--reuse-protection] [--pages]

Prints one line of JSON when it is ready: {"ready": true, "url": …}. Whoever arrives is signed in as `login_hint`, or
ada, and consents without a page; with --pages, to Django's own pages (password: "correct horse battery").
"""

import argparse
import json
import os
import socketserver
import tempfile
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

PASSWORD = "correct horse battery"
PEOPLE = ["ada", "bob", "cyd"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--client-id", default="vault")
    parser.add_argument("--client-secret", default="s3cret")
    parser.add_argument("--redirect-uri", action="append", required=True)
    parser.add_argument("--access-seconds", type=int, default=60)
    parser.add_argument("--grace-seconds", type=int, default=120)
    parser.add_argument("--reuse-protection", action="store_true")
    parser.add_argument("--pages", action="store_true")
    return parser.parse_args()


def configure(given, directory):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    middleware = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]
    settings.configure(
        SECRET_KEY="only for tests",
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        LOGIN_URL="/login/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        # Passwords are nobody's secret here, and slow hashes would only be slow.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=middleware + ([] if given.pages else [f"{__name__}.arrives_signed_in"]),
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.path.join(directory, "third-party.db"),
                "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
            }
        },
        OAUTH2_PROVIDER={
            "SCOPES": {"openid": "Who you are", "read": "Read", "write": "Write"},
            "ACCESS_TOKEN_EXPIRE_SECONDS": given.access_seconds,
            "ROTATE_REFRESH_TOKEN": True,
            "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": given.grace_seconds,
            "REFRESH_TOKEN_REUSE_PROTECTION": given.reuse_protection,
            "PKCE_REQUIRED": True,
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem.decode(),
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
        },
    )


def arrives_signed_in(get_response):
    """Who asks for an authorization is somebody already."""

    def middleware(request):
        if request.path == "/o/authorize/" and not request.user.is_authenticated:
            from django.contrib.auth import get_user_model, login

            name = request.GET.get("login_hint", "ada")
            login(request, get_user_model().objects.get_or_create(username=name)[0])
        return get_response(request)

    return middleware


def routes():
    from django.contrib.auth.views import LoginView
    from django.http import HttpResponse, JsonResponse
    from django.middleware.csrf import get_token
    from django.urls import include, path
    from oauth2_provider.decorators import protected_resource

    class Login(LoginView):
        def render_to_response(self, context, **_):
            fields = context["form"].as_p() + f'<input type=hidden name=next value="{self.get_redirect_url()}">'
            csrf = f'<input type=hidden name=csrfmiddlewaretoken value="{get_token(self.request)}">'
            return HttpResponse(f"<form method=post>{fields}{csrf}<button>Sign in</button></form>")

    @protected_resource()
    def me(request):
        user = request.resource_owner
        return JsonResponse({"id": str(user.pk), "name": user.username})

    return [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")), path("api/me", me),
            path("login/", Login.as_view())]


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 256


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def main():
    given = arguments()
    with tempfile.TemporaryDirectory() as directory:
        configure(given, directory)
        django.setup()
        from django.contrib.auth import get_user_model
        from django.core.management import call_command
        from django.core.wsgi import get_wsgi_application
        from oauth2_provider.models import get_application_model

        call_command("migrate", verbosity=0)
        for name in PEOPLE:
            get_user_model().objects.create_user(name, f"{name}@django.example", PASSWORD)
        get_application_model().objects.create(
            name="The vault",
            client_id=given.client_id,
            client_secret=given.client_secret,
            hash_client_secret=False,
            client_type="confidential",
            authorization_grant_type="authorization-code",
            redirect_uris=" ".join(given.redirect_uri),
            skip_authorization=not given.pages,
            algorithm="RS256",
        )
        global urlpatterns
        urlpatterns = routes()
        server = make_server("127.0.0.1", given.port, get_wsgi_application(), Server, Quiet)
        url = f"http://127.0.0.1:{server.server_port}"
        print(json.dumps({"ready": True, "url": url, "client_id": given.client_id}), flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
