//! OIDC Core §5.1, §5.4: the standard claims about a person, and which scope tells each.

/// The claims, but for `sub`, with their scopes.
pub const STANDARD: [(&str, &str); 19] = [
    ("name", "profile"),
    ("family_name", "profile"),
    ("given_name", "profile"),
    ("middle_name", "profile"),
    ("nickname", "profile"),
    ("preferred_username", "profile"),
    ("profile", "profile"),
    ("picture", "profile"),
    ("website", "profile"),
    ("gender", "profile"),
    ("birthdate", "profile"),
    ("zoneinfo", "profile"),
    ("locale", "profile"),
    ("updated_at", "profile"),
    ("email", "email"),
    ("email_verified", "email"),
    ("address", "address"),
    ("phone_number", "phone"),
    ("phone_number_verified", "phone"),
];

/// §5.4: the scope that tells a claim about the person; none for claims that aren't about them.
pub fn scope_of(claim: &str) -> Option<&'static str> {
    STANDARD.iter().find(|(name, _)| *name == claim).map(|(_, scope)| *scope)
}
