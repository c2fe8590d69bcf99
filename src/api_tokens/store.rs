//! The rows of API tokens.

use crate::db::Column::{Int, Text};
use crate::db::Hot;
use crate::sql;

/// A token that is presented: whose it is and what they are today, in one read by its hash.
pub static CHECK: Hot = Hot::read(
    "api_token",
    "SELECT p.id, t.id AS token_id, t.name, t.hint, t.user_id, t.workspace, t.scope, t.per_second, t.created_at, t.expires_at, \
     t.used_at, t.used_from, u.email, u.role AS user_role, m.role AS standing, w.per_second AS workspace_per_second \
     FROM {batch} JOIN api_tokens t ON t.hash = p.id JOIN users u ON u.id = t.user_id AND u.enabled \
     LEFT JOIN members m ON m.workspace = t.workspace AND m.user_id = t.user_id \
     LEFT JOIN workspaces w ON w.slug = t.workspace",
    &[("id", Text)],
);

/// When and from where tokens were used last.
pub static USED: Hot = Hot::write(
    "api_token_used",
    "UPDATE api_tokens SET used_at = p.at, used_from = p.network FROM {batch} WHERE api_tokens.id = p.id \
     AND (api_tokens.used_at IS NULL OR api_tokens.used_at <= p.at) RETURNING api_tokens.id",
    &[("id", Text), ("at", Int), ("network", Text)],
);

/// The hot statements, for the test that prepares every one.
pub static HOT: [&Hot; 2] = [&CHECK, &USED];

sql! {
    write DROP_OVER = "DELETE FROM api_tokens WHERE user_id = $1 AND workspace IS NOT DISTINCT FROM $2 AND expires_at <= $3 \
                       RETURNING id";
    read COUNT = "SELECT count(*) AS n FROM api_tokens WHERE user_id = $1 AND workspace IS NOT DISTINCT FROM $2";
    write CREATE = "INSERT INTO api_tokens (id, hash, hint, user_id, workspace, name, scope, created_at, expires_at) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    read PAGE = "SELECT id AS token_id, name, hint, user_id, workspace, scope, per_second, created_at, expires_at, used_at, used_from \
                 FROM api_tokens WHERE user_id = $1 AND (CAST($2 AS TEXT) IS NULL OR workspace = $2) AND id > $3 \
                 ORDER BY id LIMIT $4";
    read ONE = "SELECT id AS token_id, name, hint, user_id, workspace, scope, per_second, created_at, expires_at, used_at, used_from \
                FROM api_tokens WHERE id = $1";
    read BY_HASH = "SELECT id AS token_id, name, hint, user_id, workspace, scope, per_second, created_at, expires_at, used_at, \
                    used_from FROM api_tokens WHERE hash = $1";
    write DELETE = "DELETE FROM api_tokens WHERE id = $1 RETURNING id";
    write DELETE_OF_USER = "DELETE FROM api_tokens WHERE user_id = $1 RETURNING id";
    write SET_PER_SECOND = "UPDATE api_tokens SET per_second = $2 WHERE id = $1 RETURNING id";
}
