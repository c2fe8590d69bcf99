// A stranger who reads what was sealed for them, with panva's jose. One line of JSON on standard input, one on standard output:
//
//   {"make": "RSA-OAEP-256"}          gives {"public": JWK, "private": JWK}
//   {"open": "eyJ…", "key": JWK}      gives {"header": …, "payload": …}

import { readFileSync } from 'node:fs';
import { compactDecrypt, exportJWK, generateKeyPair, importJWK } from 'jose';

const { make, open, key } = JSON.parse(readFileSync(0, 'utf8'));
if (make) {
  const pair = await generateKeyPair(make, { extractable: true, crv: 'P-256', modulusLength: 2048 });
  const jwk = async (one) => ({ ...(await exportJWK(one)), alg: make, use: 'enc', kid: `for ${make}` });
  console.log(JSON.stringify({ public: await jwk(pair.publicKey), private: await jwk(pair.privateKey) }));
} else {
  const opened = await compactDecrypt(open, await importJWK(key, key.alg));
  const payload = JSON.parse(new TextDecoder().decode(opened.plaintext));
  console.log(JSON.stringify({ header: opened.protectedHeader, payload }));
}
