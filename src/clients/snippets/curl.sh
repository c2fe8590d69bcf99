#!/bin/sh
# The authorization code flow with PKCE, by hand. Open the address, sign in, paste what you come back to.
set -eu
issuer='{issuer}'
client_id='{client_id}'
client_secret='{client_secret}' # [confidential]
redirect_uri='{redirect_uri}'

random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
state=$(random)
verifier=$(random)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d '=')

echo "Open: $issuer/oauth2/auth?response_type=code&client_id=$client_id&redirect_uri=$redirect_uri\
&scope=openid%20offline%20profile%20email&state=$state&code_challenge=$challenge&code_challenge_method=S256"
echo "Nothing listens at $redirect_uri: paste the address that the browser ends at."
read -r address
case $address in *"state=$state"*) ;; *) echo "state doesn't match"; exit 1 ;; esac
code=$(printf %s "$address" | sed 's/.*[?&]code=\([^&]*\).*/\1/')

redeem() { curl -sS -u "$client_id:$client_secret" "$issuer/oauth2/token" "$@"; } # [confidential]
redeem() { curl -sS "$issuer/oauth2/token" -d "client_id=$client_id" "$@"; } # [public]
tokens=$(redeem -d grant_type=authorization_code -d "code=$code" \
  -d "redirect_uri=$redirect_uri" -d "code_verifier=$verifier")
echo "$tokens"
access=$(printf %s "$tokens" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -sS -H "Authorization: Bearer $access" "$issuer/userinfo"
