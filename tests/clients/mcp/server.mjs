// A stranger's MCP server: the SDK's own, with two tools behind two scopes. It knows of tokens only what the
// authorization server's introspection says (RFC 7662), and tells clients where to get one (RFC 9728, RFC 6750).

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';
import http from 'node:http';
import { z } from 'zod';

export const READ = 'files:read';
export const WRITE = 'files:write';

/** A port of its own first: what it is called is what it registers. */
export async function listen() {
  const server = http.createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { server, resource: new URL(`http://127.0.0.1:${server.address().port}/mcp`) };
}

/** What the authorization server says about a token (RFC 7662). */
export function introspection(metadata, credentials) {
  return async (token) => {
    const basic = Buffer.from(`${credentials.client_id}:${credentials.client_secret}`).toString('base64');
    const answer = await fetch(metadata.introspection_endpoint, {
      method: 'POST',
      redirect: 'error',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ token }),
    });
    if (!answer.ok) throw new Error(`introspection answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
}

/** Serves tools at `resource`; `metadata` is the authorization server's, `credentials` are for its introspection. */
export function serve({ server, resource }, metadata, credentials) {
  const introspect = introspection(metadata, credentials);
  const verifier = {
    async verifyAccessToken(token) {
      const about = await introspect(token);
      if (!about.active) throw new InvalidTokenError('The token is not good (any more)');
      const scopes = about.scope.split(' ');
      return { token, clientId: about.client_id, scopes, expiresAt: about.exp, resource: new URL(about.aud) };
    },
  };
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource);
  const needs = (scope) =>
    requireBearerAuth({ verifier, requiredScopes: [scope], resourceMetadataUrl, expectedResource: resource });
  const [reads, writes] = [needs(READ), needs(WRITE)];

  const app = express();
  app.use(mcpAuthMetadataRouter({ oauthMetadata: metadata, resourceServerUrl: resource, scopesSupported: [READ, WRITE] }));
  app.use('/mcp', express.json(), (request, response, next) =>
    (request.body?.params?.name === 'write_file' ? writes : reads)(request, response, next),
  );
  app.post('/mcp', async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    await tools().connect(transport);
    await transport.handleRequest(request, response, request.body);
  });
  app.all('/mcp', (_, response) => response.status(405).end());
  server.on('request', app);
  return { introspect };
}

function tools() {
  const server = new McpServer({ name: 'files', version: '1.0.0' });
  const says = (text) => ({ content: [{ type: 'text', text }] });
  const who = (extra) => `${extra.authInfo.clientId} with ${extra.authInfo.scopes.join(' ')}`;
  const inputSchema = { name: z.string() };
  server.registerTool('read_file', { inputSchema }, ({ name }, extra) => says(`read ${name} for ${who(extra)}`));
  server.registerTool('write_file', { inputSchema }, ({ name }, extra) => says(`wrote ${name} for ${who(extra)}`));
  return server;
}
