-- Break-glass: who looks after a workspace has opened a member's account for a while, and said why. `subject` is `user:…`.
CREATE TABLE break_glass (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (account, subject)
);
CREATE INDEX break_glass_ends ON break_glass (ends_at);

-- Whether that can be done in a workspace.
ALTER TABLE workspaces ADD COLUMN break_glass BOOLEAN NOT NULL DEFAULT TRUE;

-- Accounts whose owner is gone wait for those who look after the workspace.
CREATE INDEX accounts_orphans ON accounts (workspace, id) WHERE disabled_reason = 'owner_removed';
