// A third party: panva's oidc-provider. Every refresh token is good for one use; a second use ends the grant.
//
//   node server.mjs --port 4001 --client-id vault --client-secret s3cret --redirect-uri https://…/callback
//                   [--access-seconds 60] [--pages]
//
// Prints one line of JSON when it is ready: {"ready": true, "url": …}. Whoever arrives is signed in as `login_hint`, or
// ada, and consents without a page; with --pages, to the development pages of oidc-provider (any name, any password).

import http from 'node:http';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';
import { Store } from './store.mjs';

const { values: given } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'client-id': { type: 'string', default: 'vault' },
    'client-secret': { type: 'string', default: 's3cret' },
    'redirect-uri': { type: 'string', multiple: true },
    'access-seconds': { type: 'string', default: '60' },
    pages: { type: 'boolean', default: false },
  },
});
if (!given['redirect-uri']?.length) {
  console.error('server.mjs: --redirect-uri is needed: where the client gets its codes');
  process.exit(2);
}

const server = http.createServer();
await new Promise((ready) => server.listen(Number(given.port), '127.0.0.1', ready));
const url = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(url, {
  adapter: Store,
  clients: [{
    client_id: given['client-id'],
    client_secret: given['client-secret'],
    redirect_uris: given['redirect-uri'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  scopes: ['openid', 'offline_access', 'email', 'profile'],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  ttl: { AccessToken: Number(given['access-seconds']), RefreshToken: 60 * 24 * 3600, Grant: 365 * 24 * 3600 },
  features: {
    devInteractions: { enabled: given.pages },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  cookies: { keys: ['only for tests'] },
  ...(!given.pages && { interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` } }),
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, email: `${id}@oidc.example`, email_verified: true }),
  }),
});

// Who arrives at an interaction has decided already.
provider.use(async (ctx, next) => {
  if (given.pages || !ctx.path.startsWith('/interaction/')) return next();
  const { params, prompt } = await provider.interactionDetails(ctx.req, ctx.res);
  const accountId = params.login_hint ?? 'ada';
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  const result = prompt.name === 'login' ? { login: { accountId }, consent } : { consent };
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true }));
  return undefined;
});

provider.on('server_error', (ctx, why) => console.error(why));
server.on('request', provider.callback());
console.log(JSON.stringify({ ready: true, url, client_id: given['client-id'] }));
