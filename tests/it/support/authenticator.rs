//! A software authenticator (WebAuthn Level 3 §6): makes passkeys and signs with them, and misbehaves where a test wants it.

use super::House;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use symbolon::base::encoding::{base64url, from_base64url, sha256};

/// §6.1: who was there.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One passkey on one device.
pub struct Authenticator {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    handle: Vec<u8>,
    /// The signature count; 0 stays 0, as with passkeys that are on several devices.
    pub count: u32,
    /// Whether it verifies its person.
    pub verifies: bool,
    /// Where it believes to be.
    pub origin: String,
    pub rp_id: String,
}

impl Authenticator {
    pub fn new(house: &House) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let id = sha256(key.public_key().as_ref()).to_vec();
        let (origin, rp_id) = (house.app.issuer().to_owned(), "localhost".to_owned());
        Authenticator { key, id, handle: Vec::new(), count: 1, verifies: true, origin, rp_id }
    }

    fn flags(&self) -> u8 {
        PRESENT | if self.verifies { VERIFIED } else { 0 }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        [&sha256(self.rp_id.as_bytes())[..], &[flags], &self.count.to_be_bytes()].concat()
    }

    /// §6.3.2: a new passkey, as `navigator.credentials.create` gives it.
    pub fn creates(&mut self, options: &Value) -> String {
        self.handle = from_base64url(options["user"]["id"].as_str().expect("an id")).expect("base64url");
        let point = self.key.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..65]);
        let cose =
            [&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20][..], x, &[0x22, 0x58, 0x20], y].concat();
        let length = u16::try_from(self.id.len()).expect("short").to_be_bytes();
        let data = [&self.data(self.flags() | ATTESTED)[..], &[0; 16], &length, &self.id, &cose].concat();
        let length = u16::try_from(data.len()).expect("short").to_be_bytes();
        let object = [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"[..], &length, &data].concat();
        let client = self.client_data("webauthn.create", options);
        let response = json!({ "attestationObject": base64url(&object), "clientDataJSON": base64url(&client) });
        self.answer(response)
    }

    /// §6.3.3: a signature, as `navigator.credentials.get` gives it.
    pub fn signs(&mut self, options: &Value) -> String {
        if self.count > 0 {
            self.count += 1;
        }
        let (client, data) = (self.client_data("webauthn.get", options), self.data(self.flags()));
        let signed = [&data[..], &sha256(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("signs");
        let response = json!({
            "authenticatorData": base64url(&data),
            "clientDataJSON": base64url(&client),
            "signature": base64url(signature.as_ref()),
            "userHandle": base64url(&self.handle),
        });
        self.answer(response)
    }

    fn answer(&self, response: Value) -> String {
        let id = base64url(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {} }).to_string()
    }
}
