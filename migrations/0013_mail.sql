-- Mails that are still to be handed over. `sealed` is all of one, address and links with it, under the master key. `due_at` is
-- when to try next; while somebody delivers it is the end of their lease.
CREATE TABLE mails (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX mails_due ON mails (due_at);

-- One-time links of people with an account; `id` is the fingerprint of the token. A newer one of the same purpose takes the
-- place of the older; one of another address or password opens nothing.
CREATE TABLE links (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('reset', 'verify')),
    id TEXT NOT NULL,
    email_key TEXT NOT NULL,
    password_rev BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, purpose)
);
CREATE UNIQUE INDEX links_id ON links (id);
CREATE INDEX links_expiry ON links (expires_at);

-- Counts the passwords that an account has had.
ALTER TABLE users ADD COLUMN password_rev BIGINT NOT NULL DEFAULT 0;

-- Who may make an account, or join a workspace, with a link that is good once; `token` is its fingerprint.
CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT NOT NULL,
    workspace TEXT REFERENCES workspaces (slug) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX invitations_token ON invitations (token);
CREATE INDEX invitations_address ON invitations (email_key);
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE INDEX invitations_workspace ON invitations (workspace);
