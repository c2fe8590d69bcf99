// MCP authorization (revision 2026-07-28) with the SDK's own server and client against a running Symbolon: from the
// first 401 to a tool that needs more scope, once for each way in which a client can become known.
//
// Settings come from the environment:
//
//   ISSUER, EMAIL, PASSWORD           required
//   ADMIN_CLIENT_ID, ADMIN_CLIENT_SECRET   a machine that may administer; it registers the MCP server of server.mjs
//   RESOURCE, SERVER_CLIENT_ID, SERVER_CLIENT_SECRET   instead: an MCP server that runs, with its credentials
//   CLIENT_METADATA_URL               a client ID metadata document with the redirect URI below, if there is one
//   INITIAL_ACCESS_TOKEN              where registration needs one; it is then shown that it does
//
// Run with Node 22. Prints one line per step. Exits 0 when every step passed, 1 when one failed, 2 when a setting is missing.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { PrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import {
  UnauthorizedError,
  auth,
  discoverAuthorizationServerMetadata,
  extractWWWAuthenticateParams,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Browser, check } from '../node/browser.mjs';
import { READ, WRITE, introspection, listen, serve } from './server.mjs';

const setting = (name, fallback) => {
  const value = process.env[name] || fallback;
  if (value === undefined) {
    console.error(`flow.mjs: ${name} is not set; the settings are listed at the top of the file`);
    process.exit(2);
  }
  return value;
};

const ISSUER = setting('ISSUER');
const EMAIL = setting('EMAIL');
const PASSWORD = setting('PASSWORD');
const RESOURCE = setting('RESOURCE', '');
const who = RESOURCE ? 'SERVER' : 'ADMIN';
const CREDENTIALS = { client_id: setting(`${who}_CLIENT_ID`), client_secret: setting(`${who}_CLIENT_SECRET`) };
const CLIENT_METADATA_URL = setting('CLIENT_METADATA_URL', '');
const INITIAL_ACCESS_TOKEN = setting('INITIAL_ACCESS_TOKEN', '');
const REDIRECT_URI = 'http://127.0.0.1:9999/callback';

const step = (text) => console.log(`ok    ${text}`);
const words = (text) => text.split(' ').sort().join(' ');
const union = (...texts) => [...new Set(texts.flatMap((text) => text.split(' ')))].join(' ');
const basic = ({ client_id, client_secret }) => `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;

/** What a promise is refused with. */
const refusal = async (promise, what) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return check(false, `${what} was not refused`);
};

// --- an MCP client as its host application has it ---------------------------------------------------------------------

/** Keeps what the SDK hands it, and goes to the browser when it is told to. */
class Agent {
  clientMetadata = {
    client_name: 'Agent',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  redirectUrl = REDIRECT_URI;

  constructor(resource, { clientMetadataUrl, initialAccessToken } = {}) {
    this.resource = resource;
    this.clientMetadataUrl = clientMetadataUrl;
    this.initialAccessToken = initialAccessToken;
    this.browser = new Browser({ issuer: ISSUER, email: EMAIL, password: PASSWORD });
    this.registrations = 0;
  }

  state = () => (this.sentState = randomUUID());
  clientInformation = () => this.information;
  saveClientInformation = (information) => (this.information = information);
  saveTokens = (tokens) => (this.kept = tokens);
  saveCodeVerifier = (verifier) => (this.verifier = verifier);
  codeVerifier = () => this.verifier;

  // With a refresh token at hand this SDK refreshes where it should ask for more scope; a host must hold it back.
  tokens = () => (this.stepUp && this.kept ? { ...this.kept, refresh_token: undefined } : this.kept);

  /** 2026-07-28: what was granted stays in what is asked for, and offline_access joins it where the server lists it. */
  redirectToAuthorization(url) {
    const granted = this.kept?.scope ?? 'offline_access';
    url.searchParams.set('scope', union(granted, url.searchParams.get('scope')));
    url.searchParams.set('prompt', 'consent');
    this.asked = url;
  }

  /** What the SDK sends with; looks at what comes back. */
  fetch = async (url, init) => {
    const headers = new Headers(init?.headers);
    const registers = String(url) === `${ISSUER}/oauth2/register`;
    if (registers) this.registrations++;
    if (registers && this.initialAccessToken) headers.set('authorization', `Bearer ${this.initialAccessToken}`);
    const answer = await fetch(url, { ...init, headers });
    if (init?.method === 'POST') check(![301, 302, 303, 307, 308].includes(answer.status), `a POST to ${url} was redirected`);
    if (answer.status === 403) this.stepUp = extractWWWAuthenticateParams(answer);
    return answer;
  };

  /** A transport for the server's URL. */
  transport() {
    return new StreamableHTTPClientTransport(this.resource, { authProvider: this, fetch: this.fetch });
  }

  /** What a person does with the URL that the SDK sent them to; returns the code. */
  async consents() {
    const answer = (await this.browser.travel(this.asked, REDIRECT_URI)).searchParams;
    check(answer.get('error') === null, `authorization failed: ${answer}`);
    check(answer.get('state') === this.sentState, 'the answer has another state');
    check(answer.get('iss') === ISSUER, `the answer names the issuer ${answer.get('iss')}`);
    return answer.get('code');
  }

  async connects() {
    const client = new Client({ name: 'agent', version: '1.0.0' });
    await client.connect(this.transport());
    return client;
  }

  /** A tool's answer, over a connection of its own. */
  async calls(tool) {
    const client = await this.connects();
    try {
      const result = await client.callTool({ name: tool, arguments: { name: 'notes.txt' } });
      return result.content[0].text;
    } finally {
      await client.close();
    }
  }
}

// --- the whole way ----------------------------------------------------------------------------------------------------

async function wholeWay(how, agent, server) {
  const { resource } = agent;
  // The first try: the challenge leads to the document, that to us, and we to a person.
  const transport = agent.transport();
  const refused = await refusal(new Client({ name: 'agent', version: '1.0.0' }).connect(transport), `${how}: no token`);
  check(refused instanceof UnauthorizedError, `${how}: not the person's turn, but ${refused.stack}`);
  const asked = agent.asked.searchParams;
  const expected = { response_type: 'code', code_challenge_method: 'S256', resource: resource.href, redirect_uri: REDIRECT_URI };
  for (const [name, value] of Object.entries(expected)) check(asked.get(name) === value, `${name} is ${asked.get(name)}`);
  check(words(asked.get('scope')) === words(`${READ} offline_access`), `the client asks for ${asked.get('scope')}`);
  check(asked.get('client_id') === agent.information.client_id, 'the client asks as another');
  step(`${how}: 401, discovery, ${agent.registrations ? 'registration' : 'the document'}; the client is ${agent.information.client_id}`);

  await transport.finishAuth(await agent.consents());
  check(words(agent.browser.scopes.asked.join(' ')) === READ, `the page asked for ${agent.browser.scopes.asked}`);
  const first = agent.kept;
  check(first.refresh_token, 'offline_access was allowed, but there is no refresh token');
  check(words(first.scope) === words(`${READ} offline_access`), `the tokens are for ${first.scope}`);
  const about = await server.introspect(first.access_token);
  check(about.active && about.aud === resource.href, `the token is for ${about.aud}, not for ${resource}`);
  check(about.client_id === agent.information.client_id && about.iss === ISSUER, `introspection says ${JSON.stringify(about)}`);
  check((await agent.calls('read_file')).startsWith('read notes.txt'), 'the tool did something else');
  step(`${how}: PKCE, resource and iss; a token for ${about.aud}; the tool reads`);

  check((await auth(agent, { serverUrl: resource, fetchFn: agent.fetch })) === 'AUTHORIZED', 'the client did not refresh');
  const second = agent.kept;
  check(second.refresh_token !== first.refresh_token, 'a public client got the same refresh token again');
  check(!(await server.introspect(first.access_token)).active, 'the access token from before the refresh is still good');
  check((await server.introspect(second.access_token)).aud === resource.href, 'the refreshed token lost its audience');
  await agent.calls('read_file');
  step(`${how}: refresh rotates, the audience stays`);

  const client = await agent.connects();
  const narrow = await refusal(client.callTool({ name: 'write_file', arguments: { name: 'n' } }), `${how}: too little scope`);
  check(narrow instanceof UnauthorizedError, `not the person's turn, but ${narrow.stack}`);
  check(agent.stepUp.error === 'insufficient_scope' && agent.stepUp.scope === WRITE, `403 said ${JSON.stringify(agent.stepUp)}`);
  await client.transport.finishAuth(await agent.consents());
  agent.stepUp = undefined;
  const page = agent.browser.scopes;
  check(page.asked.join() === WRITE && page.before.join() === READ, `the page asked for ${page.asked}, knew of ${page.before}`);
  const granted = words(`${READ} ${WRITE} offline_access`);
  check(words(agent.kept.scope) === granted, `after the step up the tokens are for ${agent.kept.scope}`);
  check(words((await server.introspect(agent.kept.access_token)).scope) === granted, 'introspection has another scope');
  check((await client.callTool({ name: 'write_file', arguments: { name: 'n' } })).content[0].text.startsWith('wrote n'), 'not written');
  await agent.calls('read_file');
  await client.close();
  step(`${how}: step up asked for ${page.asked} only; granted ${agent.kept.scope}; the tool writes`);

  // What was given before the step up is a grant of its own, and still good for what it was good for.
  check((await server.introspect(second.access_token)).active, 'the step up ended the grant before it');

  const { revocation_endpoint } = await discoverAuthorizationServerMetadata(ISSUER);
  const body = new URLSearchParams({ token: agent.kept.refresh_token, client_id: agent.information.client_id });
  check((await fetch(revocation_endpoint, { method: 'POST', body, redirect: 'error' })).ok, 'revocation failed');
  check(!(await server.introspect(agent.kept.access_token)).active, 'revoked, and still good');
  agent.kept = { ...agent.kept, refresh_token: undefined };
  check((await refusal(agent.calls('read_file'), `${how}: revoked`)) instanceof UnauthorizedError, 'revoked, and no 401');
  step(`${how}: revoked, and 401 again`);
}

/** io.modelcontextprotocol/oauth-client-credentials: no person, a key instead of a secret. */
async function machine(admin, resource, server) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { client_id } = await admin('/v1/admin/clients', {
    client_name: 'Job',
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    scope: `${READ} ${WRITE}`,
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'job', use: 'sig' }] },
  });
  const authProvider = new PrivateKeyJwtProvider({
    clientId: client_id,
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    algorithm: 'ES256',
    expectedIssuer: ISSUER,
    scope: `${READ} ${WRITE}`,
  });
  const client = new Client({ name: 'job', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(resource, { authProvider }));
  const result = await client.callTool({ name: 'write_file', arguments: { name: 'report.txt' } });
  check(result.content[0].text.startsWith(`wrote report.txt for ${client_id}`), result.content[0].text);
  const about = await server.introspect(authProvider.tokens().access_token);
  check(about.aud === resource.href && about.sub === client_id, `introspection says ${JSON.stringify(about)}`);
  await client.close();
  step(`machine: private_key_jwt, a token for ${about.aud}`);
}

/** The management API, with a machine's token for it. */
async function administration(metadata) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource: `${ISSUER}/v1` });
  const answer = await fetch(metadata.token_endpoint, { method: 'POST', headers: { authorization: basic(CREDENTIALS) }, body });
  const { access_token } = await answer.json();
  return async (path, members) => {
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
    const made = await fetch(`${ISSUER}${path}`, { method: 'POST', headers, body: JSON.stringify(members) });
    check(made.status === 201, `POST ${path} answered ${made.status}: ${await made.clone().text()}`);
    return made.json();
  };
}

async function main() {
  const metadata = await discoverAuthorizationServerMetadata(ISSUER);
  check(metadata.issuer === ISSUER, `the metadata name the issuer ${metadata.issuer}`);
  check(metadata.scopes_supported.includes('offline_access'), 'offline_access is not among scopes_supported');
  if (RESOURCE) {
    await wholeWay('registered', new Agent(new URL(RESOURCE)), { introspect: introspection(metadata, CREDENTIALS) });
    console.log('mcp flow: all steps passed');
    return;
  }
  const admin = await administration(metadata);
  const place = await listen();
  const { resource } = place;
  const server = serve(
    place,
    metadata,
    await admin('/v1/admin/clients', {
      client_name: 'Files',
      grant_types: ['client_credentials'],
      resource_server: true,
      resources: [resource.href],
    }),
  );
  try {
    if (INITIAL_ACCESS_TOKEN) {
      const uninvited = new Agent(resource);
      const refused = await refusal(uninvited.connects(), 'registration without an initial access token');
      check(!(refused instanceof UnauthorizedError) && uninvited.registrations > 0, `not refused by us: ${refused.stack}`);
      step(`registration without an initial access token: ${refused.message}`);
      await wholeWay('invited', new Agent(resource, { initialAccessToken: INITIAL_ACCESS_TOKEN }), server);
    } else {
      await wholeWay('registered', new Agent(resource), server);
    }
    if (CLIENT_METADATA_URL) {
      const agent = new Agent(resource, { clientMetadataUrl: CLIENT_METADATA_URL });
      await wholeWay('document', agent, server);
      check(agent.registrations === 0 && agent.information.client_id === CLIENT_METADATA_URL, 'it registered nevertheless');
    }
    await machine(admin, resource, server);
  } finally {
    place.server.closeAllConnections?.();
    place.server.close();
  }
  console.log('mcp flow: all steps passed');
}

try {
  await main();
} catch (error) {
  console.error(`FAILED  ${error.stack}`);
  process.exitCode = 1;
}
