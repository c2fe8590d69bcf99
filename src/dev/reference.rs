//! What each line of the protocol means, in a few words, with the section that says so.

/// Where a name stands; the same name means other things elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Parameters of `/oauth2/auth`.
    Ask,
    /// Parameters of the redirect back.
    Back,
    /// The form of `/oauth2/token`.
    Redeem,
    /// The answer of `/oauth2/token`.
    Tokens,
    /// The form of `/oauth2/revoke`.
    Revoke,
    /// The form of `/oauth2/introspect`.
    Question,
    /// The answer of `/oauth2/introspect`.
    Told,
    /// Claims of a JWT and of `/userinfo`.
    Claim,
    /// A JOSE header.
    Jose,
    /// Parameters of `/oauth2/sessions/logout` and of the redirect that follows.
    SignOut,
    /// HTTP headers.
    Header,
}

/// A section, with where to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section(pub &'static str);

impl Section {
    /// `RFC 6749 §4.1.3`
    pub fn label(&self) -> &'static str {
        self.0
    }

    /// The document at its publisher, at the section where that can be told.
    pub fn href(&self) -> String {
        let (document, section) = self.0.split_once(" §").unwrap_or((self.0, ""));
        match document.strip_prefix("RFC ") {
            Some(number) if section.is_empty() => format!("https://www.rfc-editor.org/rfc/rfc{number}"),
            Some(number) => format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"),
            None if document == "Form Post" => {
                "https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html".to_owned()
            }
            None if document == "RP-Initiated Logout" => {
                "https://openid.net/specs/openid-connect-rpinitiated-1_0.html".to_owned()
            }
            None if document == "Back-Channel Logout" => {
                "https://openid.net/specs/openid-connect-backchannel-1_0.html".to_owned()
            }
            None => format!("https://openid.net/specs/openid-connect-core-1_0.html#{}", anchor(section)),
        }
    }
}

/// OIDC Core names its sections.
fn anchor(section: &str) -> &'static str {
    match section {
        "2" => "IDToken",
        "3.1.2.1" => "AuthRequest",
        "3.1.2.5" => "AuthResponse",
        "3.1.2.6" => "AuthError",
        "3.1.3.3" => "TokenResponse",
        "3.1.3.6" => "CodeIDToken",
        "3.1.3.7" => "IDTokenValidation",
        "5.1" => "StandardClaims",
        "5.3.1" => "UserInfoRequest",
        "5.3.2" => "UserInfoResponse",
        "5.4" => "ScopeClaims",
        "11" => "OfflineAccess",
        "12.2" => "RefreshTokenResponse",
        _ => "",
    }
}

/// What a line means and who says so.
pub fn explain(place: Place, name: &str) -> Option<(&'static str, Section)> {
    let found = match place {
        Place::Ask => ask(name),
        Place::Back => back(name),
        Place::Redeem => redeem(name),
        Place::Tokens => tokens(name),
        Place::Revoke => revoke(name),
        Place::Question => question(name),
        Place::Told => told(name).or_else(|| claim(name)),
        Place::Claim => claim(name),
        Place::Jose => jose(name),
        Place::SignOut => sign_out(name),
        Place::Header => header(name),
    };
    found.map(|(note, section)| (note, Section(section)))
}

type Known = Option<(&'static str, &'static str)>;

fn ask(name: &str) -> Known {
    Some(match name {
        "response_type" => ("an authorization code, nothing else", "RFC 6749 §4.1.1"),
        "client_id" => ("who asks", "RFC 6749 §2.2"),
        "redirect_uri" => ("where the answer goes; must be registered, byte for byte", "RFC 6749 §3.1.2.3"),
        "scope" => ("what the app wants to do", "RFC 6749 §3.3"),
        "state" => ("comes back unchanged; ties the answer to this browser", "RFC 6749 §10.12"),
        "nonce" => ("comes back inside the ID token; ties it to this request", "OIDC Core §3.1.2.1"),
        "code_challenge" => ("the hash of a secret that only this app knows", "RFC 7636 §4.3"),
        "code_challenge_method" => ("how it was hashed: SHA-256", "RFC 7636 §4.3"),
        "response_mode" => ("how the answer travels", "OIDC Core §3.1.2.1"),
        "prompt" => ("which pages the person must, or must not, see", "OIDC Core §3.1.2.1"),
        "max_age" => ("seconds since the person last proved who they are", "OIDC Core §3.1.2.1"),
        "login_hint" => ("whose address to fill in", "OIDC Core §3.1.2.1"),
        _ => return None,
    })
}

fn back(name: &str) -> Known {
    Some(match name {
        "code" => ("good once, for 60 seconds, for this client only", "RFC 6749 §4.1.2"),
        "state" => ("as it was sent", "RFC 6749 §4.1.2"),
        "iss" => ("who answers, so that no other server can pose as this one", "RFC 9207 §2"),
        "error" => ("why there is no code, for programs", "RFC 6749 §4.1.2.1"),
        "error_description" => ("the same for the developer", "RFC 6749 §4.1.2.1"),
        _ => return None,
    })
}

fn redeem(name: &str) -> Known {
    Some(match name {
        "grant_type" => ("what is presented", "RFC 6749 §4.1.3"),
        "code" => ("from the redirect", "RFC 6749 §4.1.3"),
        "redirect_uri" => ("the same as in the request", "RFC 6749 §4.1.3"),
        "client_id" => ("a public client says who it is here", "RFC 6749 §3.2.1"),
        "code_verifier" => ("the secret behind code_challenge: the thief of a code doesn't have it", "RFC 7636 §4.5"),
        "refresh_token" => ("becomes its successor", "RFC 6749 §6"),
        "scope" => ("what the machine wants to do", "RFC 6749 §4.4.2"),
        _ => return None,
    })
}

fn tokens(name: &str) -> Known {
    Some(match name {
        "access_token" => ("lets the app act; opaque to it", "RFC 6749 §1.4"),
        "token_type" => ("whoever bears it may use it", "RFC 6750 §1.2"),
        "expires_in" => ("seconds", "RFC 6749 §5.1"),
        "refresh_token" => ("gets the next pair; the one before is over then", "RFC 6749 §1.5"),
        "scope" => ("what was really granted", "RFC 6749 §5.1"),
        "id_token" => ("who signed in, signed; decoded below", "OIDC Core §3.1.3.3"),
        "error" => ("for programs", "RFC 6749 §5.2"),
        "error_description" => ("for the developer; never echoes what was sent", "RFC 6749 §5.2"),
        _ => return None,
    })
}

fn question(name: &str) -> Known {
    (name == "token").then_some(("the token that this is about", "RFC 7662 §2.1"))
}

fn revoke(name: &str) -> Known {
    Some(match name {
        "token" => ("the token that is given back", "RFC 7009 §2.1"),
        "client_id" => ("a public client says who it is here", "RFC 6749 §3.2.1"),
        _ => return None,
    })
}

fn told(name: &str) -> Known {
    Some(match name {
        "active" => ("whether it is good right now; false says nothing more", "RFC 7662 §2.2"),
        "client_id" => ("whom it was issued to", "RFC 7662 §2.2"),
        "username" => ("the person, for people", "RFC 7662 §2.2"),
        "scope" => ("what it may be used for", "RFC 7662 §2.2"),
        "token_type" => ("how it is presented", "RFC 7662 §2.2"),
        "sub" => ("the person, or the client itself", "RFC 7662 §2.2"),
        "error" | "error_description" => return tokens(name),
        _ => return None,
    })
}

fn claim(name: &str) -> Known {
    Some(match name {
        "iss" => ("who says so", "RFC 7519 §4.1.1"),
        "sub" => ("who it is: never reassigned", "RFC 7519 §4.1.2"),
        "aud" => ("for whom", "RFC 7519 §4.1.3"),
        "exp" => ("until when", "RFC 7519 §4.1.4"),
        "nbf" => ("from when", "RFC 7519 §4.1.5"),
        "iat" => ("since when", "RFC 7519 §4.1.6"),
        "jti" => ("names this one token", "RFC 7519 §4.1.7"),
        "auth_time" => ("when the person proved who they are", "OIDC Core §2"),
        "nonce" => ("from the request", "OIDC Core §2"),
        "acr" => ("how well they proved it", "OIDC Core §2"),
        "amr" => ("by what means", "RFC 8176 §2"),
        "azp" => ("to whom it was issued", "OIDC Core §2"),
        "at_hash" => ("ties it to the access token", "OIDC Core §3.1.3.6"),
        "sid" => ("the browser session, for signing out everywhere", "OIDC Core §2"),
        "events" => ("what happened: a session ended", "Back-Channel Logout §2.4"),
        "client_id" => ("to whom it was issued", "RFC 9068 §2.2"),
        "scope" => ("what it may be used for", "RFC 9068 §2.2.3"),
        "email" | "email_verified" => ("by scope email", "OIDC Core §5.4"),
        "phone_number" | "phone_number_verified" => ("by scope phone", "OIDC Core §5.4"),
        "address" => ("by scope address", "OIDC Core §5.4"),
        "name" | "given_name" | "family_name" | "middle_name" | "nickname" | "preferred_username" | "profile"
        | "picture" | "website" | "gender" | "birthdate" | "zoneinfo" | "locale" | "updated_at" => {
            ("by scope profile", "OIDC Core §5.4")
        }
        "error" | "error_description" => ("why not", "RFC 6750 §3.1"),
        _ => return None,
    })
}

fn sign_out(name: &str) -> Known {
    Some(match name {
        "id_token_hint" => ("who leaves, and which app asks; it may have expired", "RP-Initiated Logout §2"),
        "post_logout_redirect_uri" => ("where to go then; must be registered, byte for byte", "RP-Initiated Logout §3"),
        "state" => ("comes back unchanged", "RP-Initiated Logout §2"),
        "logout_token" => ("what happened, signed; decoded below", "Back-Channel Logout §2.5"),
        _ => return None,
    })
}

fn jose(name: &str) -> Known {
    Some(match name {
        "alg" => ("how it is signed", "RFC 7515 §4.1.1"),
        "typ" => ("what it is, so that no kind passes for another", "RFC 7515 §4.1.9"),
        "kid" => ("which key of the JWK set", "RFC 7515 §4.1.4"),
        _ => return None,
    })
}

fn header(name: &str) -> Known {
    Some(match name.to_ascii_lowercase().as_str() {
        "authorization" => ("how the caller proves who it is", "RFC 6749 §2.3.1"),
        "content-type" => ("how the body is written", "RFC 9110 §8.3"),
        "cache-control" => ("tokens are kept by nobody on the way", "RFC 6749 §5.1"),
        "pragma" => ("the same for old caches", "RFC 6749 §5.1"),
        "www-authenticate" => ("what is missing or wrong", "RFC 6750 §3"),
        "retry-after" => ("seconds to wait", "RFC 9110 §10.2.3"),
        "location" => ("where the browser goes next", "RFC 9110 §10.2.2"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_lead_to_their_publishers() {
        assert_eq!(Section("RFC 6749 §4.1.3").href(), "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3");
        assert_eq!(Section("OIDC Core §2").href(), "https://openid.net/specs/openid-connect-core-1_0.html#IDToken");
    }

    #[test]
    fn every_section_of_openid_connect_that_is_named_has_its_anchor() {
        let names = ["nonce", "prompt", "max_age", "auth_time", "at_hash", "sid", "email", "address", "name", "acr"];
        for place in [Place::Ask, Place::Claim] {
            for (_, section) in names.iter().filter_map(|name| explain(place, name)) {
                assert!(!section.href().ends_with('#'), "{}", section.label());
            }
        }
    }
}
