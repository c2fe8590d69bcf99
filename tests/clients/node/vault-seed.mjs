// What the document that asked for the vault tells its readers to do, to the letter: fetch an account's credentials, keep them until
// `expires_at`, use them. Settings from the environment:
//
//   API          where the API is
//   API_KEY      an API token
//   ACCOUNT_ID   the account
//   CACHE        a file: the "DB" in which credentials are kept
//   USE          the third party's API, which is called with the token
//   AHEAD        by how many milliseconds the clock of whoever caches is ahead (the test's clock moves)
//
// Prints one line of JSON: whether it fetched, the token, and what the third party answered.

import { readFileSync, writeFileSync } from 'node:fs';

const { API, API_KEY, ACCOUNT_ID, CACHE, USE, AHEAD = '0' } = process.env;
const now = () => new Date(Date.now() + Number(AHEAD));

const cached = () => {
  try {
    return JSON.parse(readFileSync(CACHE, 'utf8'));
  } catch {
    return { oauth_access_token: undefined, expires_at: new Date(0).toISOString() };
  }
};

// Fetch the most-recent token and expiry from cache / DB
const { oauth_access_token, expires_at } = cached();
let token = oauth_access_token;
let fetched = false;

// Only fetch new tokens when expired
if (expires_at && new Date(expires_at) < now()) {
  const url = `${API}/v1/accounts/${ACCOUNT_ID}?include_credentials=1`;
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${API_KEY}` };
  const response = await fetch(url, { method: 'GET', headers });
  if (!response.ok) throw new Error(`Unable to fetch token: ${response.status}`);
  const { data } = await response.json();
  const newToken = data?.credentials?.oauth_access_token;
  if (!newToken) throw new Error('No access token');
  token = newToken;
  fetched = true;
  writeFileSync(CACHE, JSON.stringify({ oauth_access_token: token, expires_at: data.expires_at }));
}

const used = await fetch(USE, { headers: { Authorization: `Bearer ${token}` } });
console.log(JSON.stringify({ fetched, token, status: used.status }));
