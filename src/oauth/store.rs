//! The grant row: each change of its token state is one conditional statement by primary key.

use crate::db::Column::{Bool, Int, Text};
use crate::db::Hot;
use crate::sql;

/// Everything that a [`Grant`](super::grants::Grant) is read from, each column behind `$of`.
macro_rules! columns {
    ($of:literal) => {
        columns!($of: id client_id user_id sid scope resource claims nonce auth_time acr amr redeemed_at generation rotated_at
            refresh_hash access_hash access_scope access_resource access_expires_at access_ended idle_expires_at expires_at
            revoked_at end_reason workspace)
    };
    ($of:literal: $first:ident $($column:ident)*) => {
        concat!($of, stringify!($first) $(, ", ", $of, stringify!($column))*)
    };
}

/// The row after a change.
macro_rules! returning {
    () => {
        concat!(" RETURNING ", columns!("grants."))
    };
}

/// The client and the person of a grant may still act, the person in the workspace of the grant. A client whose
/// identifier is a URL has no row, unless it is blocked.
macro_rules! both_enabled {
    () => {
        "(EXISTS (SELECT 1 FROM clients c WHERE c.id = grants.client_id AND c.enabled) \
         OR (grants.client_id LIKE '%://%' AND NOT EXISTS (SELECT 1 FROM blocked_clients b WHERE b.id = grants.client_id))) \
         AND EXISTS (SELECT 1 FROM users u WHERE u.id = grants.user_id AND u.enabled) \
         AND (grants.workspace IS NULL OR EXISTS (SELECT 1 FROM members m WHERE m.workspace = grants.workspace \
         AND m.user_id = grants.user_id))"
    };
}

/// Whether a code may be redeemed: RFC 6749 §4.1.3 in one condition. `access_hash` tells this attempt from any other,
/// so that running it twice gives the same row.
macro_rules! redeemable {
    () => {
        concat!(
            "(grants.redeemed_at IS NULL OR grants.access_hash = p.access_hash) AND grants.revoked_at IS NULL \
             AND grants.code_expires_at > p.now AND grants.client_id = p.client_id \
             AND grants.redirect_uri = p.redirect_uri AND grants.code_challenge IS NOT DISTINCT FROM p.challenge AND ",
            both_enabled!()
        )
    };
}

/// Only who was granted `offline` gets something to refresh with.
macro_rules! offline {
    () => {
        "(' ' || grants.scope || ' ' LIKE '% offline %' OR ' ' || grants.scope || ' ' LIKE '% offline_access %')"
    };
}

/// RFC 6749 §4.1.3, RFC 7636 §4.6: redeems a code once. Any second presentation, and any wrong one, ends the grant.
pub static REDEEM: Hot = Hot::write(
    "redeem",
    concat!(
        "UPDATE grants SET \
         generation = CASE WHEN ",
        redeemable!(),
        " THEN 1 ELSE grants.generation END, \
         rotated_at = CASE WHEN ",
        redeemable!(),
        " THEN p.now ELSE grants.rotated_at END, \
         refresh_hash = CASE WHEN ",
        redeemable!(),
        " AND ",
        offline!(),
        " THEN p.refresh_hash ELSE grants.refresh_hash END, \
         access_hash = CASE WHEN ",
        redeemable!(),
        " THEN p.access_hash ELSE grants.access_hash END, \
         access_scope = CASE WHEN ",
        redeemable!(),
        " THEN p.access_scope ELSE grants.access_scope END, \
         access_resource = CASE WHEN ",
        redeemable!(),
        " THEN p.access_resource ELSE grants.access_resource END, \
         access_expires_at = CASE WHEN ",
        redeemable!(),
        " THEN p.access_expires_at ELSE grants.access_expires_at END, \
         idle_expires_at = CASE WHEN ",
        redeemable!(),
        " THEN p.idle_expires_at ELSE grants.idle_expires_at END, \
         redeemed_at = coalesce(grants.redeemed_at, p.now), \
         revoked_at = CASE WHEN ",
        redeemable!(),
        " THEN NULL ELSE coalesce(grants.revoked_at, p.now) END, \
         end_reason = CASE WHEN ",
        redeemable!(),
        " THEN NULL \
            WHEN grants.end_reason IS NOT NULL THEN grants.end_reason \
            WHEN grants.redeemed_at IS NOT NULL THEN 'code_reuse' \
            WHEN grants.code_expires_at <= p.now THEN 'code_expired' \
            WHEN grants.client_id <> p.client_id THEN 'code_of_another_client' \
            WHEN grants.redirect_uri <> p.redirect_uri THEN 'redirect_uri_mismatch' \
            WHEN grants.code_challenge IS DISTINCT FROM p.challenge THEN 'code_verifier_mismatch' \
            ELSE 'disabled' END \
         FROM {batch} WHERE grants.id = p.id AND grants.code_hash = p.code_hash",
        returning!()
    ),
    &[
        ("id", Text),
        ("now", Int),
        ("code_hash", Text),
        ("client_id", Text),
        ("redirect_uri", Text),
        ("challenge", Text),
        ("refresh_hash", Text),
        ("access_hash", Text),
        ("access_scope", Text),
        ("access_resource", Text),
        ("access_expires_at", Int),
        ("idle_expires_at", Int),
    ],
);

/// The presented generation is the newest, or stays for good.
macro_rules! fresh {
    () => {
        "(grants.generation = p.generation OR p.static)"
    };
}

/// The presented generation was just rotated: parallel requests and lost answers get the same successor. A rotation of
/// the future was made before the clock was set back: that doesn't open its window again. (Clocks of replicas may differ,
/// by less than a minute.)
macro_rules! replay {
    () => {
        "(NOT p.static AND grants.generation = p.generation + 1 AND p.replay_window > 0 \
         AND grants.rotated_at + p.replay_window > p.now AND grants.rotated_at < p.now + 60000)"
    };
}

/// RFC 6749 §6, RFC 9700 §4.14.2: rotates, replays, or notices reuse and ends the grant.
pub static ROTATE: Hot = Hot::write(
    "rotate",
    concat!(
        "UPDATE grants SET \
         generation = CASE WHEN ",
        fresh!(),
        " THEN grants.generation + 1 ELSE grants.generation END, \
         rotated_at = CASE WHEN ",
        fresh!(),
        " THEN p.now ELSE grants.rotated_at END, \
         access_scope = CASE WHEN ",
        fresh!(),
        " THEN p.access_scope ELSE grants.access_scope END, \
         access_resource = CASE WHEN ",
        fresh!(),
        " THEN p.access_resource ELSE grants.access_resource END, \
         access_expires_at = CASE WHEN ",
        fresh!(),
        " THEN p.access_expires_at ELSE grants.access_expires_at END, \
         access_ended = CASE WHEN ",
        fresh!(),
        " AND grants.access_expires_at <= p.now THEN grants.generation ELSE grants.access_ended END, \
         idle_expires_at = CASE WHEN ",
        fresh!(),
        " THEN p.idle_expires_at ELSE grants.idle_expires_at END, \
         revoked_at = CASE WHEN ",
        fresh!(),
        " OR ",
        replay!(),
        " THEN grants.revoked_at ELSE p.now END, \
         end_reason = CASE WHEN ",
        fresh!(),
        " OR ",
        replay!(),
        " THEN grants.end_reason ELSE 'refresh_reuse' END \
         FROM {batch} WHERE grants.id = p.id AND grants.refresh_hash = p.refresh_hash \
         AND grants.client_id = p.client_id AND grants.generation >= p.generation AND grants.revoked_at IS NULL \
         AND grants.idle_expires_at > p.now AND grants.expires_at > p.now AND ",
        both_enabled!(),
        returning!()
    ),
    &[
        ("id", Text),
        ("now", Int),
        ("refresh_hash", Text),
        ("client_id", Text),
        ("generation", Int),
        ("static", Bool),
        ("replay_window", Int),
        ("access_scope", Text),
        ("access_resource", Text),
        ("access_expires_at", Int),
        ("idle_expires_at", Int),
    ],
);

/// RFC 7009 §2.1: a refresh token ends its grant, an access token only itself; another client's token is left alone.
pub static REVOKE: Hot = Hot::write(
    "revoke",
    "UPDATE grants SET \
     revoked_at = CASE WHEN p.whole AND grants.client_id = p.client_id THEN coalesce(grants.revoked_at, p.now) \
         ELSE grants.revoked_at END, \
     end_reason = CASE WHEN p.whole AND grants.client_id = p.client_id THEN coalesce(grants.end_reason, 'revoked') \
         ELSE grants.end_reason END, \
     access_ended = CASE WHEN NOT p.whole AND grants.client_id = p.client_id AND p.generation > grants.access_ended \
         THEN p.generation ELSE grants.access_ended END \
     FROM {batch} WHERE grants.id = p.id \
     AND ((p.whole AND grants.refresh_hash = p.hash) OR (NOT p.whole AND grants.access_hash = p.hash)) \
     RETURNING grants.id, grants.client_id",
    &[("id", Text), ("now", Int), ("client_id", Text), ("whole", Bool), ("generation", Int), ("hash", Text)],
);

/// RFC 7662, OIDC Core §5.3: the grant behind a token that is presented, with its client and its person.
pub static TOKEN: Hot = Hot::read(
    "token",
    concat!(
        "SELECT ",
        columns!("g."),
        ", c.enabled AS client_enabled, b.id AS client_blocked, c.rev AS client_rev, c.metadata AS client_metadata, \
         u.enabled AS user_enabled, u.role AS user_role, m.role AS standing, w.per_second AS workspace_per_second, u.email AS user_email, u.claims AS user_claims, \
         u.updated_at AS user_updated_at FROM {batch} JOIN grants g ON g.id = p.id \
         LEFT JOIN clients c ON c.id = g.client_id LEFT JOIN blocked_clients b ON b.id = g.client_id \
         JOIN users u ON u.id = g.user_id \
         LEFT JOIN members m ON m.workspace = g.workspace AND m.user_id = g.user_id \
         LEFT JOIN workspaces w ON w.slug = g.workspace"
    ),
    &[("id", Text)],
);

/// The client of a machine's token, and whether that token (`id`) was revoked.
pub static MACHINE: Hot = Hot::read(
    "machine",
    "SELECT p.id, c.enabled, c.not_before, c.rev, c.metadata, r.id AS revoked \
     FROM {batch} JOIN clients c ON c.id = p.client_id LEFT JOIN revoked_tokens r ON r.id = p.id",
    &[("id", Text), ("client_id", Text)],
);

/// The hot statements, for the test that prepares every one.
pub static HOT: [&Hot; 5] = [&REDEEM, &ROTATE, &REVOKE, &TOKEN, &MACHINE];

sql! {
    write ISSUE = "INSERT INTO grants (id, client_id, user_id, sid, scope, resource, claims, nonce, auth_time, acr, amr, \
                   code_hash, redirect_uri, code_challenge, code_expires_at, generation, rotated_at, access_expires_at, \
                   access_ended, idle_expires_at, expires_at, created_at, workspace) \
                   SELECT $1, $17, u.id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, 0, 0, $15, $16, $14, $19 \
                   FROM users u WHERE u.id = $18 AND u.enabled \
                   AND (CAST($19 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM members m WHERE m.workspace = $19 AND m.user_id = u.id)) \
                   AND (EXISTS (SELECT 1 FROM clients c WHERE c.id = $17 AND c.enabled) \
                   OR ($17 LIKE '%://%' AND NOT EXISTS (SELECT 1 FROM blocked_clients b WHERE b.id = $17))) \
                   RETURNING id";
    write ISSUE_FRONT = "INSERT INTO grants (id, client_id, user_id, sid, scope, resource, claims, nonce, auth_time, acr, amr, \
                   code_hash, redirect_uri, code_expires_at, redeemed_at, generation, rotated_at, access_hash, \
                   access_expires_at, access_ended, idle_expires_at, expires_at, created_at, workspace) \
                   SELECT $1, c.id, u.id, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $11, 1, $11, $12, $13, 0, $13, $13, $11, $16 \
                   FROM clients c, users u WHERE c.id = $14 AND c.enabled AND u.id = $15 AND u.enabled \
                   AND (CAST($16 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM members m WHERE m.workspace = $16 AND m.user_id = u.id)) \
                   RETURNING id";
    read GRANTED = "SELECT scope, resource FROM grants WHERE id = $1 AND client_id = $2";
    write END_ACCESS = "UPDATE grants SET access_ended = $2 WHERE id = $1 AND client_id = $3 AND access_ended < $2 RETURNING id";
    write REVOKE_MACHINE = "INSERT INTO revoked_tokens (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id";
    write SPEND_ASSERTION = "INSERT INTO assertions (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id";
    write END_OF_CLIENT = "UPDATE grants SET revoked_at = $2, end_reason = $3 WHERE client_id = $1 AND revoked_at IS NULL RETURNING id";
    write ERASE_OF_CLIENT = "DELETE FROM grants WHERE client_id = $1 RETURNING id";
    write END_OF_USER = "UPDATE grants SET revoked_at = $2, end_reason = $3 WHERE user_id = $1 AND revoked_at IS NULL RETURNING id";
    write END_OF_SESSION = "UPDATE grants SET revoked_at = $2, end_reason = $3 WHERE sid = $1 AND revoked_at IS NULL \
                            AND (refresh_hash IS NULL OR $4) RETURNING id";
    write END_OF_CONSENT = "UPDATE grants SET revoked_at = $3, end_reason = $4 WHERE user_id = $1 AND client_id = $2 \
                            AND revoked_at IS NULL RETURNING id";
    write END_OF_MEMBER = "UPDATE grants SET revoked_at = $3, end_reason = $4 WHERE user_id = $1 AND workspace = $2 \
                           AND revoked_at IS NULL RETURNING id";
    write END_OF_WORKSPACE = "UPDATE grants SET revoked_at = $2, end_reason = $3 WHERE workspace = $1 AND revoked_at IS NULL \
                              RETURNING id";
    read STEP = "SELECT id FROM grants WHERE id > $1 ORDER BY id LIMIT 500";
    write PURGE = "DELETE FROM grants WHERE id > $1 AND id <= $2 AND (expires_at < $3 OR revoked_at < $3 \
                   OR (redeemed_at IS NULL AND code_expires_at < $3) \
                   OR (idle_expires_at < $3 AND access_expires_at < $3)) AND (redeemed_at IS NULL \
                   OR NOT EXISTS (SELECT 1 FROM sessions s WHERE s.sid = grants.sid)) RETURNING id";
    write PURGE_ASSERTIONS = "DELETE FROM assertions WHERE id IN (SELECT id FROM assertions WHERE expires_at < $1 \
                              ORDER BY expires_at LIMIT 500) RETURNING id";
    write PURGE_REVOKED = "DELETE FROM revoked_tokens WHERE id IN (SELECT id FROM revoked_tokens WHERE expires_at < $1 \
                           ORDER BY expires_at LIMIT 500) RETURNING id";
}
