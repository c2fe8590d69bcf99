-- Accounts that are being connected: somebody was asked to let us in at another company. `token` and `state` are fingerprints,
-- `browser` is that of the cookie; `sealed` holds what the browser was sent with and, after it came back, what the provider
-- answered, until an account is made of it.
CREATE TABLE connects (
    id TEXT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL,
    workspace TEXT NOT NULL REFERENCES workspaces (slug) ON DELETE CASCADE,
    source TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    account TEXT,
    ask TEXT NOT NULL,
    binding TEXT NOT NULL,
    status TEXT NOT NULL,
    state TEXT,
    browser TEXT,
    params TEXT NOT NULL,
    key TEXT,
    sealed BYTEA,
    error TEXT,
    missing TEXT NOT NULL,
    result TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    open_until BIGINT
);
CREATE UNIQUE INDEX connects_token ON connects (token);
CREATE UNIQUE INDEX connects_state ON connects (state) WHERE state IS NOT NULL;
CREATE INDEX connects_source ON connects (source);
CREATE INDEX connects_workspace ON connects (workspace);
CREATE INDEX connects_expiry ON connects (expires_at);
CREATE INDEX connects_open ON connects (open_until) WHERE open_until IS NOT NULL;
