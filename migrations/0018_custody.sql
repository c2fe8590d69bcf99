-- Accounts whose tokens were handed out to be held elsewhere, until their new owner says that they arrived: `grants` are names of
-- vault_grants, with commas between.
CREATE TABLE vault_releases (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    grants TEXT NOT NULL,
    state TEXT NOT NULL,
    ack_by BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX vault_releases_account ON vault_releases (account, id);
CREATE INDEX vault_releases_open ON vault_releases (ack_by) WHERE state = 'open';
