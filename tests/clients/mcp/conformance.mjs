// MCP's conformance runner against a running Symbolon, with the person's browser that it asks for.
//
// Version 0.2.0-alpha.12 is the first whose list has scenarios for authorization servers (`conformance authorization`);
// those of 0.1 test clients and servers of MCP only. Run with Node 22.
//
// Settings come from the environment: ISSUER, EMAIL, PASSWORD; CLIENT_ID, a public client with the redirect URI
// http://127.0.0.1/callback; RESOURCE; OUTPUT_DIR, where the runner's own report goes.
//
// Prints the runner's report. Exits 0 when every check of every scenario is SUCCESS, with no warning.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Browser, check } from '../node/browser.mjs';

const { ISSUER, EMAIL, PASSWORD, CLIENT_ID, RESOURCE, OUTPUT_DIR } = process.env;
const RUNNER = path.join(import.meta.dirname, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
/** One that nobody listens on; the runner wants to be told. */
async function port() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function reports(directory) {
  const files = readdirSync(directory, { recursive: true }).filter((name) => name.endsWith('checks.json'));
  return files.flatMap((name) => JSON.parse(readFileSync(path.join(directory, name))));
}

async function main() {
  const callback = `http://127.0.0.1:${await port()}/callback`;
  const settings = ['--url', ISSUER, '--client-id', CLIENT_ID, '--resource', RESOURCE, '--port', new URL(callback).port];
  const wanted = ['authorization', ...settings, '--spec-version', '2026-07-28', '--output-dir', OUTPUT_DIR];
  const runner = spawn(process.execPath, [RUNNER, ...wanted], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(runner, 'exit');
  const browser = new Browser({ issuer: ISSUER, email: EMAIL, password: PASSWORD });
  for await (const line of createInterface({ input: runner.stdout })) {
    console.log(line);
    if (line.startsWith(`${ISSUER}/oauth2/auth?`)) {
      const back = await browser.travel(line, callback);
      check((await fetch(back)).ok, 'the runner did not take the answer');
    }
  }
  const [code] = await ended;
  check(code === 0, `the runner ended with ${code}`);
  const checks = reports(OUTPUT_DIR);
  const named = (id) => checks.filter((each) => each.id === id && each.status === 'SUCCESS').length === 1;
  const all = ['authorization-server-metadata', 'authorization-server-metadata-cimd', 'authorization-code-grant'];
  for (const id of all) check(named(id), `${id} is not SUCCESS: ${JSON.stringify(checks)}`);
  check(checks.every((each) => each.status === 'SUCCESS'), `not all is SUCCESS: ${JSON.stringify(checks)}`);
  console.log(`mcp conformance: all ${checks.length} checks passed`);
}

try {
  await main();
} catch (error) {
  console.error(`FAILED  ${error.stack}`);
  process.exitCode = 1;
}
