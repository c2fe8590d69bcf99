// The authorization code flow with PKCE. Open http://localhost:3000/
import http from 'node:http'
import * as client from 'openid-client'

const redirect_uri = '{redirect_uri}'
const config = await client.discovery(
  new URL('{issuer}'), '{client_id}', undefined,
  client.ClientSecretBasic('{client_secret}'), // [confidential]
  client.None(), // [public]
  { execute: [client.allowInsecureRequests] }, // plain http: on this machine only
)
config.clientMetadata().id_token_signed_response_alg = 'ES256' // [public]

let waiting
http.createServer(async (request, response) => {
  const url = new URL(request.url, redirect_uri)
  if (url.pathname !== '/callback') {
    const code_verifier = client.randomPKCECodeVerifier()
    waiting = { code_verifier, state: client.randomState(), nonce: client.randomNonce() }
    const to = client.buildAuthorizationUrl(config, {
      redirect_uri,
      scope: 'openid offline profile email',
      state: waiting.state,
      nonce: waiting.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(code_verifier),
      code_challenge_method: 'S256',
    })
    return response.writeHead(303, { location: to.href }).end()
  }
  try {
    const tokens = await client.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: waiting.code_verifier,
      expectedState: waiting.state,
      expectedNonce: waiting.nonce,
    })
    const claims = tokens.claims()
    const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
    const next = await client.refreshTokenGrant(config, tokens.refresh_token)
    response.end(JSON.stringify({ claims, person, refreshed: next.expires_in }, null, 2))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}).listen(3000, 'localhost', () => console.log('Open http://localhost:3000/'))
