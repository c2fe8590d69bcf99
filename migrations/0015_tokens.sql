-- API tokens of people: what a person's own scripts act with, in one workspace. `hash` is all that is kept of the token. One goes
-- with its person, with their membership, with the workspace. `scope` is null for all that the person may.
CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    hint TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace TEXT REFERENCES workspaces (slug) ON DELETE CASCADE,
    name TEXT NOT NULL,
    scope TEXT,
    per_second BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT,
    used_from TEXT,
    FOREIGN KEY (workspace, user_id) REFERENCES members (workspace, user_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (hash);
CREATE INDEX api_tokens_user ON api_tokens (user_id, id);
CREATE INDEX api_tokens_member ON api_tokens (workspace, user_id);

-- Requests a second that tokens may make in a workspace, where it isn't what the settings say.
ALTER TABLE workspaces ADD COLUMN per_second BIGINT;
