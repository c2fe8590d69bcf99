-- Clients that are still to be told of a sign-out (OIDC Back-Channel Logout). `due_at` is when to try next; while somebody
-- delivers it is the end of their lease. No references: a notice outlives the account that it is about.
CREATE TABLE logout_notices (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sid TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX logout_notices_due ON logout_notices (due_at);

-- Grants stay for as long as their session does: they say who took part in it.
CREATE INDEX sessions_sid ON sessions (sid);
