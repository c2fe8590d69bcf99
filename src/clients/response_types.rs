//! OAuth 2.0 Multiple Response Types §3 to §5, OIDC Registration §2: what comes back from the authorization endpoint, and
//! which grants that takes.

use super::GrantType;
use super::metadata::{Invalid, Metadata, invalid};
use serde::{Deserialize, Serialize};

/// What a client asks for at the authorization endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseType {
    /// A code, for the token endpoint.
    pub code: bool,
    /// An ID token, through the browser.
    pub id_token: bool,
    /// An access token, through the browser.
    pub token: bool,
}

impl Default for ResponseType {
    fn default() -> Self {
        ResponseType { code: true, id_token: false, token: false }
    }
}

impl ResponseType {
    /// All that we know, as they are written; `token` alone is not among them (RFC 9700 §2.1.2).
    pub const ALL: [&str; 6] =
        ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];

    /// RFC 6749 §3.1.1: the order of the words doesn't matter.
    pub fn parse(text: &str) -> Option<Self> {
        let mut read = ResponseType { code: false, id_token: false, token: false };
        for word in text.split(' ') {
            let flag = match word {
                "code" => &mut read.code,
                "id_token" => &mut read.id_token,
                "token" => &mut read.token,
                _ => return None,
            };
            if std::mem::replace(flag, true) {
                return None;
            }
        }
        (read.code || read.id_token).then_some(read)
    }

    /// Whether something secret comes through the browser: never in a query then, and only where the server lets it.
    pub fn legacy(self) -> bool {
        self.id_token || self.token
    }

    /// OIDC Registration §2, `response_types`: the grants that it takes.
    fn takes(self, grant: GrantType) -> bool {
        match grant {
            GrantType::AuthorizationCode => self.code,
            GrantType::Implicit => self.legacy(),
            GrantType::RefreshToken | GrantType::ClientCredentials => false,
        }
    }
}

impl Metadata {
    /// Whether the client is registered for it.
    pub fn may_respond(&self, wanted: ResponseType) -> bool {
        self.response_types.iter().any(|have| ResponseType::parse(have) == Some(wanted))
    }

    /// Whether it is registered for more than `code`.
    pub fn legacy(&self) -> bool {
        self.response_types.iter().any(|have| have != "code")
    }

    /// Each grant that begins at the authorization endpoint has a response type, and the other way round.
    pub(super) fn check_response_types(&self) -> Result<(), Invalid> {
        let read: Option<Vec<ResponseType>> =
            self.response_types.iter().map(|text| ResponseType::parse(text)).collect();
        let Some(read) = read.filter(|read| read.len() <= ResponseType::ALL.len()) else {
            let known = ResponseType::ALL.map(|name| format!("\"{name}\"")).join(", ");
            return invalid("response_types", format!("any of {known}"));
        };
        for grant in [GrantType::AuthorizationCode, GrantType::Implicit] {
            let (has, taken) = (self.grant_types.contains(&grant), read.iter().any(|one| one.takes(grant)));
            match (has, taken, grant) {
                (true, false, GrantType::Implicit) => {
                    return invalid("grant_types", "implicit needs response_types with id_token or token");
                }
                (true, false, _) => {
                    return invalid("response_types", "the authorization_code grant needs one with code");
                }
                (false, true, GrantType::Implicit) => {
                    return invalid("grant_types", "id_token and token in response_types need the implicit grant");
                }
                (false, true, _) => {
                    return invalid("response_types", "code needs the authorization_code grant");
                }
                _ => {}
            }
        }
        let travels = self.response_modes.iter().any(|mode| mode != "query");
        match self.legacy() && !travels {
            true => invalid("response_modes", "tokens need fragment or form_post; they never travel in a query"),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ResponseType;

    #[test]
    fn s3_1_1_the_order_of_the_words_does_not_matter() {
        for name in ResponseType::ALL {
            let mut words: Vec<&str> = name.split(' ').collect();
            let read = ResponseType::parse(name);
            words.reverse();
            assert!(read.is_some() && read == ResponseType::parse(&words.join(" ")), "{name}");
        }
        for bad in ["", "token", "none", "CODE", "code code", " code", "code  id_token", "code none"] {
            assert_eq!(ResponseType::parse(bad), None, "{bad}");
        }
    }
}
