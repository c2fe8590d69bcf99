curl -sS -u '{client_id}:{client_secret}' '{issuer}/oauth2/token' -d grant_type=client_credentials
