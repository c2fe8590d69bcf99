// node-oidc-provider as one deploys it: one process, one confidential client, ES256, rotation on.
//
//   PORT=4455 ADAPTER=map node server.mjs
//   PORT=4455 ADAPTER=sqlite SQLITE_FILE=peer.db node server.mjs
//
// It listens on loopback only and lets anybody in: never run it for anything but measuring.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider from 'oidc-provider';
import { durable, inMemory } from './adapters.mjs';

const {
  PORT = '4455', ADAPTER = 'map', SQLITE_FILE = 'peer.db', CLIENT_ID = 'bench',
  CLIENT_SECRET = randomBytes(24).toString('base64url'),
  REDIRECT_URI = 'http://127.0.0.1:5555/callback',
} = process.env;

const adapters = { map: inMemory, sqlite: () => durable(SQLITE_FILE) };
if (!(ADAPTER in adapters)) throw new Error('ADAPTER is map or sqlite');

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const HOUR = 3600;
const DAY = 24 * HOUR;

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  adapter: await adapters[ADAPTER](),
  clients: [{
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
    // A native client would be asked for consent at every flow.
    application_type: 'web',
  }],
  cookies: { keys: [randomBytes(32).toString('hex')] },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  findAccount: async (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  // As with offline_access: tokens outlive the session, so it is not read at every request.
  expiresWithSession: async () => false,
  ttl: {
    AccessToken: HOUR, AuthorizationCode: 60, ClientCredentials: HOUR, Grant: DAY, IdToken: HOUR,
    Interaction: HOUR, RefreshToken: DAY, Session: DAY,
  },
});

provider.on('server_error', (ctx, error) => console.error(error));
provider.listen(Number(PORT), '127.0.0.1', () => {
  console.log(JSON.stringify({
    pid: process.pid, issuer: provider.issuer, adapter: ADAPTER, client_id: CLIENT_ID,
  }));
});
