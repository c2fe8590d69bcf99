//! WebAuthn Level 3: passkeys. Which device somebody uses isn't asked (attestation `none`); that they were verified by it is
//! required, and so is that it knows by itself whose passkey it is (discoverable credentials).

use crate::base::encoding::sha256;
use serde_json::{Value, json};
use url::Url;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

/// This deployment, as authenticators know it: the host of the issuer (§5.4.2, `rp.id`).
pub struct RelyingParty(Webauthn);

/// An answer that proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It doesn't fit the challenge, the origin, the key; or the person wasn't verified.
    Unproven,
    /// §6.1.1: its signature count isn't higher than the last one: somebody has a copy.
    Cloned,
}

/// What a browser is asked to sign, and what must be remembered to check its answer.
pub struct Challenge {
    /// For `navigator.credentials`, with bytes in base64url.
    pub options: Value,
    /// For us alone.
    pub state: String,
}

/// Who gets a passkey.
pub struct Owner<'a> {
    /// Their `sub`.
    pub sub: &'a str,
    /// What they know the account by.
    pub name: &'a str,
    /// What they are called.
    pub display_name: &'a str,
    /// The credentials that they have: an authenticator needs no second one.
    pub known: Vec<Vec<u8>>,
}

/// A public key and what belongs to it.
#[derive(Clone)]
pub struct Credential(Passkey);

/// A signature that is to be checked.
pub struct Presented(PublicKeyCredential);

/// What a good signature says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The signature count.
    pub counter: i64,
}

impl RelyingParty {
    /// `None` where the issuer's host is an address: browsers make no passkeys for those (§5.1.2).
    pub fn of(issuer: &str, name: &str) -> Option<Self> {
        let origin = Url::parse(issuer).ok()?;
        let host = origin.domain()?.to_owned();
        let built = WebauthnBuilder::new(&host, &origin).and_then(|builder| builder.rp_name(name).build());
        built.ok().map(RelyingParty)
    }

    /// §5.4: asks for a new passkey.
    pub fn register(&self, owner: Owner<'_>) -> Option<Challenge> {
        let handle = Uuid::from_bytes(handle(owner.sub));
        let started = self.0.start_passkey_registration(handle, owner.name, owner.display_name, Some(owner.known));
        let (options, state) = started.ok()?;
        let mut options = serde_json::to_value(options).ok()?.get_mut("publicKey").map(Value::take)?;
        // §5.4.4: without it the authenticator couldn't say whose passkey it is.
        let chosen = options.get_mut("authenticatorSelection").and_then(Value::as_object_mut)?;
        chosen.insert("residentKey".to_owned(), json!("required"));
        chosen.insert("requireResidentKey".to_owned(), json!(true));
        Some(Challenge { options, state: serde_json::to_string(&state).ok()? })
    }

    /// §7.1: the passkey, when the answer fits what was asked.
    pub fn registered(&self, answer: &str, state: &str) -> Result<Credential, Refused> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| Refused::Unproven)?;
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(|_| Refused::Unproven)?;
        self.0.finish_passkey_registration(&answer, &state).map(Credential).map_err(refused)
    }

    /// §5.5: asks for a signature by any passkey of this deployment.
    pub fn ask(&self) -> Option<Challenge> {
        let (options, state) = self.0.start_discoverable_authentication().ok()?;
        let options = serde_json::to_value(options).ok()?.get_mut("publicKey").map(Value::take)?;
        Some(Challenge { options, state: serde_json::to_string(&state).ok()? })
    }

    /// §7.2: what the signature says, when it fits what was asked and is by this passkey of this person.
    pub fn proven(
        &self,
        presented: &Presented,
        state: &str,
        credential: &Credential,
        sub: &str,
    ) -> Result<Proven, Refused> {
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(|_| Refused::Unproven)?;
        let (whose, _) = self.0.identify_discoverable_authentication(&presented.0).map_err(refused)?;
        if *whose.as_bytes() != handle(sub) {
            return Err(Refused::Unproven);
        }
        let key = DiscoverableKey::from(&credential.0);
        let result = self.0.finish_discoverable_authentication_v2(&presented.0, state, key).map_err(refused)?;
        if !result.user_verified() {
            return Err(Refused::Unproven);
        }
        Ok(Proven { counter: i64::from(result.counter()) })
    }
}

/// §5.4.3: what an authenticator knows the person by; nobody finds the `sub` from it, nor anything else.
fn handle(sub: &str) -> [u8; 16] {
    let digest = sha256(format!("symbolon passkey user {sub}").as_bytes());
    digest.first_chunk::<16>().copied().unwrap_or_default()
}

fn refused(why: WebauthnError) -> Refused {
    match why {
        WebauthnError::CredentialPossibleCompromise => Refused::Cloned,
        _ => Refused::Unproven,
    }
}

impl Credential {
    /// As [`Credential::to_json`] wrote it.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Credential)
    }

    /// For the database; a public key is no secret.
    pub fn to_json(&self) -> Option<String> {
        serde_json::to_string(&self.0).ok()
    }

    /// What the authenticator calls it.
    pub fn id(&self) -> &[u8] {
        self.0.cred_id()
    }

    /// With the signature count that was seen last.
    pub fn seen(&self, counter: i64) -> Option<Self> {
        let mut value = serde_json::to_value(&self.0).ok()?;
        *value.get_mut("cred")?.get_mut("counter")? = json!(counter);
        serde_json::from_value(value).ok().map(Credential)
    }

    /// The signature count at registration.
    pub fn counter(&self) -> i64 {
        self.fact("counter").and_then(|counter| counter.as_i64()).unwrap_or_default()
    }

    /// §6.1.3: whether it may be on several devices.
    pub fn synced(&self) -> bool {
        self.fact("backup_eligible").and_then(|eligible| eligible.as_bool()).unwrap_or_default()
    }

    fn fact(&self, name: &str) -> Option<Value> {
        serde_json::to_value(&self.0).ok()?.get("cred")?.get(name).cloned()
    }
}

impl Presented {
    /// Reads what `navigator.credentials.get` gave.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Presented)
    }

    /// Which passkey it is by, it says.
    pub fn id(&self) -> &[u8] {
        &self.0.raw_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_names_not_for_addresses() {
        for (issuer, works) in [
            ("https://id.example.com", true),
            ("http://localhost:4444", true),
            ("http://127.0.0.1:4444", false),
            ("https://[2001:db8::1]", false),
        ] {
            assert_eq!(RelyingParty::of(issuer, "Symbolon").is_some(), works, "{issuer}");
        }
    }

    #[test]
    fn what_is_asked_for_needs_a_verified_person_and_a_key_that_knows_its_owner() {
        let party = RelyingParty::of("https://id.example.com", "Example").expect("a relying party");
        let owner = Owner { sub: "u1", name: "ada@example.com", display_name: "Ada", known: vec![vec![7; 20]] };
        let asked = party.register(owner).expect("a challenge").options;
        assert_eq!((&asked["rp"]["id"], &asked["rp"]["name"]), (&json!("id.example.com"), &json!("Example")));
        let chosen = &asked["authenticatorSelection"];
        assert_eq!((&chosen["residentKey"], &chosen["userVerification"]), (&json!("required"), &json!("required")));
        assert_eq!(
            (&asked["attestation"], asked["excludeCredentials"].as_array().map(Vec::len)),
            (&json!("none"), Some(1))
        );
        assert!(!asked.to_string().contains("u1"), "{asked}");
        let asked = party.ask().expect("a challenge").options;
        assert_eq!((&asked["userVerification"], &asked["rpId"]), (&json!("required"), &json!("id.example.com")));
    }
}
