// A stranger's relying party: openid-client against a running Symbolon.
//
// Knows nothing of the server but its issuer. Settings come from the environment:
//
//   ISSUER, CLIENT_ID, REDIRECT_URI, EMAIL, PASSWORD, SCOPE   required
//                                     (REDIRECT_URI without a query: openid-client can't redeem a code with one)
//   CLIENT_SECRET                     empty or absent: a public client
//   CLIENT_AUTH                       basic (default) or post: how the secrets are sent
//   PROMPT                            sent as `prompt` when set
//   MACHINE_CLIENT_ID, MACHINE_CLIENT_SECRET, MACHINE_SCOPE   a client_credentials client, if there is one
//   JWT_CLIENT_ID, PRIVATE_JWK        a private_key_jwt client, if there is one: its key as JSON, with `alg` and `kid`
//   PUBLIC_CLIENT_ID                  a public client, if there is one
//   JWT_REDIRECT_URI, PUBLIC_REDIRECT_URI   where those two differ from REDIRECT_URI
//   POST_LOGOUT_REDIRECT_URI          where CLIENT_ID has people sent after signing out, if it is registered
//   ROTATE_KEYS                       a shell command that rotates the server's signing keys, if that may be done
//
// Prints one line per step. Exits 0 when every step passed, 1 when one failed, 2 when a setting is missing.

import { exec } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import * as client from 'openid-client';
import { Browser, Failed, check } from './browser.mjs';

// Node 18, Debian 12's, has Web Crypto but doesn't name it globally, and openid-client looks for it there.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const setting = (name, fallback) => {
  const value = process.env[name] || fallback;
  if (value === undefined) {
    console.error(`flow.mjs: ${name} is not set; the settings are listed at the top of the file`);
    process.exit(2);
  }
  return value;
};

const ISSUER = setting('ISSUER');
const CLIENT_ID = setting('CLIENT_ID');
const CLIENT_SECRET = setting('CLIENT_SECRET', '');
const CLIENT_AUTH = setting('CLIENT_AUTH', 'basic');
const REDIRECT_URI = setting('REDIRECT_URI');
const EMAIL = setting('EMAIL');
const PASSWORD = setting('PASSWORD');
const SCOPE = setting('SCOPE');
const PROMPT = setting('PROMPT', '');
const MACHINE_CLIENT_ID = setting('MACHINE_CLIENT_ID', '');
const MACHINE_CLIENT_SECRET = setting('MACHINE_CLIENT_SECRET', '');
const MACHINE_SCOPE = setting('MACHINE_SCOPE', '');
const JWT_CLIENT_ID = setting('JWT_CLIENT_ID', '');
const PRIVATE_JWK = setting('PRIVATE_JWK', '');
const JWT_REDIRECT_URI = setting('JWT_REDIRECT_URI', REDIRECT_URI);
const PUBLIC_CLIENT_ID = setting('PUBLIC_CLIENT_ID', '');
const PUBLIC_REDIRECT_URI = setting('PUBLIC_REDIRECT_URI', REDIRECT_URI);
const POST_LOGOUT_REDIRECT_URI = setting('POST_LOGOUT_REDIRECT_URI', '');
const ROTATE_KEYS = setting('ROTATE_KEYS', '');

if (!['basic', 'post'].includes(CLIENT_AUTH)) {
  console.error(`flow.mjs: CLIENT_AUTH is "${CLIENT_AUTH}"; write basic or post`);
  process.exit(2);
}
if ([REDIRECT_URI, JWT_REDIRECT_URI, PUBLIC_REDIRECT_URI].some((uri) => uri.includes('?'))) {
  console.error('flow.mjs: a redirect URI has a query; openid-client strips it and the exchange would fail');
  process.exit(2);
}

const TIMEOUT_MS = 20_000;
const OVER_HTTP = new URL(ISSUER).protocol === 'http:';
const WANTS_REFRESH = SCOPE.split(' ').some((word) => word === 'offline' || word === 'offline_access');

const step = (text) => console.log(`ok    ${text}`);
const skip = (text) => console.log(`skip  ${text}`);

/** A browser that nobody has signed in with yet. */
const stranger = () => new Browser({ issuer: ISSUER, email: EMAIL, password: PASSWORD });

// --- the relying party -----------------------------------------------------------------------------------------------

function secretly(secret) {
  if (!secret) return client.None();
  return CLIENT_AUTH === 'post' ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret);
}

/** Everything openid-client knows of the server, it discovers; ID token signatures are checked against the JWKS. */
async function discover(clientId, authentication, metadata = {}) {
  const config = await client.discovery(new URL(ISSUER), clientId, metadata, authentication, {
    execute: [client.enableNonRepudiationChecks, ...(OVER_HTTP ? [client.allowInsecureRequests] : [])],
  });
  const server = config.serverMetadata();
  check(server.issuer === ISSUER, `discovery names the issuer ${server.issuer}, not ${ISSUER}`);
  check(server.supportsPKCE('S256'), 'discovery does not offer PKCE with S256');
  check(server.authorization_response_iss_parameter_supported === true, 'discovery does not promise iss');
  return config;
}

/** One authorization: the answer's URL, and what the relying party will check it against. */
async function authorize(config, browser, redirectUri = REDIRECT_URI, more = {}) {
  const { answer, checks } = await ask(config, browser, redirectUri, more);
  const params = answer instanceof Request ? await answer.clone().formData() : answer.searchParams;
  check(!params.has('error'), `authorization was refused: ${[...params]}`);
  check(params.get('state') === checks.expectedState, `state came back as ${params.get('state')}`);
  check(params.get('iss') === ISSUER, `RFC 9207: iss came back as ${params.get('iss')}`);
  check(params.getAll('code').length === 1, 'the answer has no code, or several');
  return { answer, checks };
}

/** The same, whatever is answered. */
async function ask(config, browser, redirectUri, more) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: SCOPE,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...(PROMPT && { prompt: PROMPT }),
    ...more,
  });
  return { answer: await browser.travel(url, redirectUri), checks };
}

/** The error that a promise ends in; one that ends well has failed. */
async function refusal(promise, what) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Failed(`${what} was accepted`);
}

async function refusedAtUserinfo(config, accessToken, which) {
  const error = await refusal(client.fetchUserInfo(config, accessToken, client.skipSubjectCheck), which);
  check(error.status === 401, `${which} got ${error.status ?? error} at userinfo, not 401`);
  const [challenge] = error.cause ?? [];
  check(
    challenge?.scheme === 'bearer' && challenge.parameters.error === 'invalid_token',
    `${which}: the challenge is ${error.response?.headers.get('www-authenticate')}`,
  );
}

async function readUserinfo(config, accessToken, subject) {
  const person = await client.fetchUserInfo(config, accessToken, subject);
  if (SCOPE.split(' ').includes('email'))
    check(person.email === EMAIL, `userinfo's email is ${person.email}, not ${EMAIL}`);
  return person;
}

/** Code, tokens, ID token, userinfo: what every kind of client does. */
async function signIn(config, browser, redirectUri, more) {
  const { answer, checks } = await authorize(config, browser, redirectUri, more);
  step(`authorization: code, state and iss, after the pages: ${browser.pages.join(', ') || 'none'}`);
  const tokens = await client.authorizationCodeGrant(config, answer, checks);
  check(tokens.expiresIn() > 0, 'expires_in is not a number of seconds');
  const claims = tokens.claims();
  step(`exchange: ID token with signature, iss, aud and nonce; access token for ${tokens.expires_in} s`);
  const person = await readUserinfo(config, tokens.access_token, claims.sub);
  step(`userinfo: ${Object.keys(person).sort().join(', ')}`);
  return { tokens, subject: claims.sub };
}

async function refreshAndReplay(config, first, subject) {
  check(first.refresh_token, `no refresh_token for the scope "${SCOPE}"`);
  const second = await client.refreshTokenGrant(config, first.refresh_token);
  check(second.refresh_token && second.refresh_token !== first.refresh_token, 'the refresh token was not rotated');
  check(second.access_token !== first.access_token, 'the access token was not renewed');
  await refusedAtUserinfo(config, first.access_token, 'the access token from before the refresh');
  await readUserinfo(config, second.access_token, subject);
  if (second.id_token) check(second.claims().sub === subject, 'the refreshed ID token is about someone else');
  step('refresh: a new pair works, the old access token is dead at once');

  const again = await client.refreshTokenGrant(config, first.refresh_token);
  check(again.refresh_token === second.refresh_token, 'a retried refresh forked the grant: other refresh token');
  check(again.access_token === second.access_token, 'a retried refresh forked the grant: other access token');
  await readUserinfo(config, again.access_token, subject);
  step('replay: the same old refresh token was answered with the same successor');
  return again;
}

async function introspect(config, tokens, subject) {
  const report = await client.tokenIntrospection(config, tokens.access_token);
  check(report.active === true, `introspection says of a live access token: ${JSON.stringify(report)}`);
  check(report.sub === subject, `introspection names the subject ${report.sub}`);
  check(report.client_id === config.clientMetadata().client_id, `introspection names the client ${report.client_id}`);
  const nonsense = JSON.stringify(await client.tokenIntrospection(config, 'no-token-of-yours'));
  check(nonsense === '{"active":false}', `RFC 7662 §2.2: an unknown token was described: ${nonsense}`);
  step('introspection: active, with sub and client_id; an unknown token is inactive and nothing else');
}

async function revoke(config, tokens) {
  const kind = tokens.refresh_token ? 'refresh_token' : 'access_token';
  await client.tokenRevocation(config, tokens[kind], { token_type_hint: kind });
  await client.tokenRevocation(config, tokens[kind]); // RFC 7009 §2.2: a dead token is no error
  await refusedAtUserinfo(config, tokens.access_token, 'the access token after revocation');
  if (kind === 'refresh_token') {
    const error = await refusal(client.refreshTokenGrant(config, tokens[kind]), 'a revoked refresh token');
    check(error.error === 'invalid_grant', `a revoked refresh token was answered with ${error.error ?? error}`);
    check(error.status === 400, `a revoked refresh token was answered with status ${error.status}`);
  }
  step(`revocation of the ${kind}: access token refused${kind === 'refresh_token' ? ', refresh is invalid_grant' : ''}`);
}

/** What the library must refuse by itself, given what the server sent. */
async function refuseMixUps(config, browser) {
  const { answer, checks } = await authorize(config, browser);
  const grant = (url, change) => client.authorizationCodeGrant(config, url, { ...checks, ...change });
  const code = (error) => error.code ?? String(error);

  // Both are refused before the code is sent, so that the last attempt still has a good one.
  const state = code(await refusal(grant(answer, { expectedState: 'not-mine' }), 'a wrong state'));
  check(state === 'OAUTH_INVALID_RESPONSE', `a wrong state was refused with ${state}`);
  const elsewhere = new URL(answer);
  elsewhere.searchParams.set('iss', 'https://elsewhere.example');
  const issuer = code(await refusal(grant(elsewhere, {}), 'a wrong iss'));
  check(issuer === 'OAUTH_INVALID_RESPONSE', `a wrong iss was refused with ${issuer}`);
  const nonce = code(await refusal(grant(answer, { expectedNonce: 'not-mine' }), 'a wrong nonce'));
  check(nonce === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED', `a wrong nonce was refused with ${nonce}`);
  step('mix-ups: a wrong state, iss or nonce is refused by the library');

  const again = await refusal(grant(answer, {}), 'a code that was spent');
  check(again.error === 'invalid_grant', `a spent code was answered with ${again.error ?? again}`);
  step('spent code: invalid_grant');

  const other = await authorize(config, browser);
  const wrong = { ...other.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  const pkce = await refusal(client.authorizationCodeGrant(config, other.answer, wrong), 'a wrong code_verifier');
  check(pkce.error === 'invalid_grant', `a wrong code_verifier was answered with ${pkce.error ?? pkce}`);
  step('wrong code_verifier: invalid_grant');
}

/** OIDC Core §3.1.2.1: a page that renews itself in the background asks nobody anything. */
async function renewSilently(config, browser, before) {
  const hint = { prompt: 'none', id_token_hint: before.id_token };
  const { tokens } = await signIn(config, browser, REDIRECT_URI, hint);
  check(browser.pages.length === 0, `prompt=none showed pages: ${browser.pages}`);
  const [was, is] = [before.claims(), tokens.claims()];
  for (const name of ['sub', 'auth_time', 'sid'])
    check(was[name] !== undefined && is[name] === was[name], `silent renewal: ${name} was ${was[name]}, is ${is[name]}`);
  check(tokens.access_token !== before.access_token, 'silent renewal gave the same access token');
  step('silent renewal: no page; a new code with the same sub, auth_time and sid');
}

/** Form Post Response Mode: the library reads the POST that a browser without scripts makes; refusals come so too. */
async function byFormPost(config, browser) {
  const { tokens, subject } = await signIn(config, browser, REDIRECT_URI, { response_mode: 'form_post' });
  check(browser.pages.at(-1) === 'form', `no form was posted: ${browser.pages}`);
  const error = await silentRefusal(config, stranger(), { response_mode: 'form_post' });
  check(error.error === 'login_required', `prompt=none without a session was answered with ${error.error ?? error}`);
  await revoke(config, tokens);
  step(`form_post: a code for ${subject}, and login_required, both by POST`);
}

/** How the library puts it that prompt=none was refused. */
async function silentRefusal(config, browser, more = {}) {
  const { answer, checks } = await ask(config, browser, REDIRECT_URI, { prompt: 'none', ...more });
  return refusal(client.authorizationCodeGrant(config, answer, checks), 'prompt=none for nobody');
}

/** RP-Initiated Logout §2, §3. */
async function logOut(config, browser, tokens) {
  const state = client.randomState();
  const parameters = { id_token_hint: tokens.id_token, post_logout_redirect_uri: POST_LOGOUT_REDIRECT_URI, state };
  browser.pages = [];
  const back = await browser.travel(client.buildEndSessionUrl(config, parameters), POST_LOGOUT_REDIRECT_URI);
  check(browser.pages.length === 0, `signing out with a hint showed pages: ${browser.pages}`);
  check(back.search === `?state=${state}`, `signing out led back with ${back.search}, not with the state alone`);
  const error = await silentRefusal(config, browser);
  check(error.error === 'login_required', `prompt=none after signing out was answered with ${error.error ?? error}`);
  step('logout: led back with state; prompt=none is login_required');
}

/** The JWK set as a cache would ask for it. */
async function keySet(config, etag) {
  const headers = etag ? { 'If-None-Match': etag } : {};
  const response = await fetch(config.serverMetadata().jwks_uri, { headers, cache: 'no-store' });
  const kids = response.status === 200 ? (await response.json()).keys.map((key) => key.kid) : [];
  return { status: response.status, kids, headers: response.headers };
}

/** The header of a JWT. */
const head = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));

/** The keys change while the library has the old set in its cache. */
async function rotation(browser) {
  const config = await discover(CLIENT_ID, secretly(CLIENT_SECRET));
  const { tokens: old } = await signIn(config, browser, REDIRECT_URI);
  const cached = await keySet(config);
  check(/max-age=[1-9]/.test(cached.headers.get('cache-control')), 'the key set does not say how long it may be kept');
  const etag = cached.headers.get('etag');
  check((await keySet(config, etag)).status === 304, 'the same key set was sent twice, though its ETag was shown');

  const rotated = JSON.parse((await promisify(exec)(ROTATE_KEYS)).stdout);
  const { kid } = rotated.find((key) => key.alg === head(old.id_token).alg);
  // The command works beside the server, which notices.
  let now = await keySet(config, etag);
  for (const end = Date.now() + TIMEOUT_MS; !now.kids.includes(kid); now = await keySet(config, etag))
    check(Date.now() < end, `the key ${kid} that signs from now on is not published`);
  check(now.kids.includes(head(old.id_token).kid), 'the key that signed until now is gone from the key set');

  // The library looks for an unknown key once a minute at most, so here it starts again with a cache of a minute ago.
  const cache = client.getJwksCache(config);
  check(!cache.jwks.keys.some((key) => key.kid === kid), 'the cached set knows the new key: nothing was rotated');
  const restarted = await discover(CLIENT_ID, secretly(CLIENT_SECRET));
  client.setJwksCache(restarted, { ...cache, uat: cache.uat - 61 });
  const { tokens } = await signIn(restarted, browser, REDIRECT_URI);
  check(head(tokens.id_token).kid === kid, `the new ID token is signed with ${head(tokens.id_token).kid}, not ${kid}`);
  const fetched = client.getJwksCache(restarted).jwks.keys.map((key) => key.kid);
  check(fetched.includes(kid), 'the library did not fetch the new set');

  // The old ID token, before a library that has only ever seen the new set.
  const later = await discover(CLIENT_ID, client.None());
  client.useIdTokenResponseType(later);
  const shown = new URL(`${REDIRECT_URI}#${new URLSearchParams({ id_token: old.id_token })}`);
  const claims = await client.implicitAuthentication(later, shown, old.claims().nonce);
  check(claims.sub === old.claims().sub, 'the old ID token is about someone else');
  if (WANTS_REFRESH) {
    const renewed = await client.refreshTokenGrant(restarted, old.refresh_token);
    check(head(renewed.id_token).kid === kid, 'a refresh after the rotation is not signed with the new key');
  }
  await revoke(restarted, tokens);
  step(`rotation: ${head(old.id_token).kid} still verifies, ${kid} does after a refetch; ETag and 304 hold`);
}

async function machine() {
  const config = await discover(MACHINE_CLIENT_ID, secretly(MACHINE_CLIENT_SECRET));
  const tokens = await client.clientCredentialsGrant(config, MACHINE_SCOPE ? { scope: MACHINE_SCOPE } : {});
  check(!tokens.refresh_token, 'RFC 6749 §4.4.3: a refresh token for client_credentials');
  check(!tokens.id_token, 'an ID token about nobody');
  const report = await client.tokenIntrospection(config, tokens.access_token);
  check(report.active === true, `introspection says of the machine's token: ${JSON.stringify(report)}`);
  check(report.client_id === MACHINE_CLIENT_ID, `introspection names the client ${report.client_id}`);
  const error = await refusal(client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck), 'no person');
  check([401, 403].includes(error.status), `userinfo answered ${error.status ?? error} to a token for no person`);
  step('client_credentials: an active token, no refresh token, nothing at userinfo');
}

/** RFC 7523: the client signs its name with its own key; openid-client addresses the assertion to the issuer. */
async function withOwnKey(browser) {
  const jwk = JSON.parse(PRIVATE_JWK);
  const hash = `SHA-${jwk.alg?.slice(2)}`;
  const algorithm = {
    RS: { name: 'RSASSA-PKCS1-v1_5', hash },
    PS: { name: 'RSA-PSS', hash },
    ES: { name: 'ECDSA', namedCurve: jwk.crv },
    Ed: { name: 'Ed25519' },
  }[jwk.alg?.slice(0, 2)];
  check(algorithm, `PRIVATE_JWK has the alg ${jwk.alg}; write RS256, PS256, ES256, EdDSA or their kin`);
  // `use`, `key_ops` and the alg name EdDSA are not understood alike by all versions of Node.
  const { alg, use, key_ops, ext, ...material } = jwk;
  const key = await crypto.subtle.importKey('jwk', material, algorithm, false, ['sign']);
  const config = await discover(JWT_CLIENT_ID, client.PrivateKeyJwt({ key, kid: jwk.kid }));
  const { tokens, subject } = await signIn(config, browser, JWT_REDIRECT_URI);
  await introspect(config, tokens, subject);
  await revoke(config, tokens);
  step(`private_key_jwt: ${alg} accepted at the token, introspection and revocation endpoints`);
}

async function withNoSecret(browser) {
  const config = await discover(PUBLIC_CLIENT_ID, client.None());
  const { tokens, subject } = await signIn(config, browser, PUBLIC_REDIRECT_URI);
  const last = WANTS_REFRESH ? await refreshAndReplay(config, tokens, subject) : tokens;
  await revoke(config, last);
  step('public client: PKCE instead of a secret');
}

async function main() {
  const browser = stranger();
  const config = await discover(CLIENT_ID, secretly(CLIENT_SECRET));
  step(`discovery: ${ISSUER}`);
  let { tokens, subject } = await signIn(config, browser, REDIRECT_URI);
  if (WANTS_REFRESH) tokens = await refreshAndReplay(config, tokens, subject);
  else skip('refresh and replay: SCOPE has neither offline nor offline_access');
  if (CLIENT_SECRET) await introspect(config, tokens, subject);
  else skip('introspection: a public client may not ask');
  await revoke(config, tokens);
  await refuseMixUps(config, browser);
  ({ tokens } = await signIn(config, browser, REDIRECT_URI));
  await renewSilently(config, browser, tokens);
  await byFormPost(config, browser);
  if (ROTATE_KEYS) await rotation(browser);
  else skip('rotation: ROTATE_KEYS is not set');
  // With an ID token whose key has retired, where keys were rotated.
  if (POST_LOGOUT_REDIRECT_URI) await logOut(config, browser, tokens);
  else skip('logout: POST_LOGOUT_REDIRECT_URI is not set');

  if (MACHINE_CLIENT_ID) await machine();
  else skip('client_credentials: MACHINE_CLIENT_ID is not set');
  if (JWT_CLIENT_ID && PRIVATE_JWK) await withOwnKey(browser);
  else skip('private_key_jwt: JWT_CLIENT_ID and PRIVATE_JWK are not set');
  if (PUBLIC_CLIENT_ID) await withNoSecret(browser);
  else skip('public client: PUBLIC_CLIENT_ID is not set');
  console.log('node flow: all steps passed');
}

/** A library's refusal in its own words, down to the cause, and our lines that led there. */
function story(error) {
  const parts = [];
  for (let each = error; each instanceof Error; each = each.cause)
    parts.push([each.name, each.code, each.error, each.error_description, each.message].filter(Boolean).join(' '));
  const ours = error.stack?.match(/[\w.]+ \(file:[^)]*flow\.mjs:\d+/g) ?? [];
  const path = ours.reverse().map((frame) => frame.replace(/ \(.*:/, ':'));
  return `${parts.join(' <- ')} (at ${path.join(' > ')})`;
}

try {
  await main();
} catch (error) {
  console.error(`FAILED  ${error instanceof Failed ? error.message : story(error)}`);
  process.exitCode = 1;
}
