//! The scopes of the vault: what an app may ask for of people's accounts at other companies.

/// See sources and their types.
pub const SOURCES_READ: &str = "sources:read";
/// Make and change sources.
pub const SOURCES_WRITE: &str = "sources:write";
/// See accounts.
pub const ACCOUNTS_READ: &str = "accounts:read";
/// Change accounts.
pub const ACCOUNTS_WRITE: &str = "accounts:write";
/// Take access tokens of all sources. With `:` and a slug behind it, of one.
pub const ACCOUNTS_CREDENTIALS: &str = "accounts:credentials";
/// Take custody of refresh tokens, and give it away.
pub const ACCOUNTS_CUSTODY: &str = "accounts:custody";
/// Begin connections for people.
pub const CONNECT_WRITE: &str = "connect:write";
/// Follow what happens.
pub const WEBHOOKS_WRITE: &str = "webhooks:write";

/// All of them, for metadata and forms.
pub const VAULT_SCOPES: [&str; 8] = [
    SOURCES_READ,
    SOURCES_WRITE,
    ACCOUNTS_READ,
    ACCOUNTS_WRITE,
    ACCOUNTS_CREDENTIALS,
    ACCOUNTS_CUSTODY,
    CONNECT_WRITE,
    WEBHOOKS_WRITE,
];

/// The slug of the one source whose tokens a scope lets an app take.
pub fn source_of(scope: &str) -> Option<&str> {
    scope.strip_prefix(ACCOUNTS_CREDENTIALS)?.strip_prefix(':').filter(|slug| !slug.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_may_name_one_source() {
        assert_eq!(source_of("accounts:credentials:crm"), Some("crm"));
        for other in ["accounts:credentials", "accounts:credentials:", "accounts:credentialscrm", "accounts:read:crm"] {
            assert_eq!(source_of(other), None, "{other}");
        }
    }
}
