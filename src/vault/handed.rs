//! What a freed account's new holder gets: its tokens, in clear or so that only they can read them.

use super::custody::Released;
use super::held::Held;
use super::view::Plain;
use crate::base::Time;
use crate::crypto::jwe::Recipient;
use crate::db::{Fault, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// Tokens on their way to their new owner.
#[derive(Serialize, ToSchema)]
#[schema(as = FreedTokens)]
pub struct Tokens {
    #[schema(value_type = Option<String>)]
    oauth_refresh_token: Option<Plain>,
    #[schema(value_type = Option<String>)]
    oauth_access_token: Option<Plain>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
}

/// All of a release, by the role of the grant.
pub fn tokens(released: Released) -> BTreeMap<String, Tokens> {
    let one = |(role, held, expires_at): (String, Held, Option<Time>)| {
        let (oauth_refresh_token, oauth_access_token) =
            (held.refresh_token.map(Plain::new), held.access_token.map(Plain::new));
        (role, Tokens { oauth_refresh_token, oauth_access_token, expires_at })
    };
    released.held.into_iter().map(one).collect()
}

/// The same as a compact JWE (RFC 7516).
pub fn sealed(released: Released, recipient: &Recipient) -> Result<String> {
    let plain = serde_json::to_vec(&tokens(released)).map(Zeroizing::new);
    let plain = plain.map_err(|why| Fault::Bug(format!("freed tokens can't be written: {why}")))?;
    recipient.seal(&plain).map_err(|_| Fault::Bug("freed tokens can't be sealed for their recipient".to_owned()))
}
