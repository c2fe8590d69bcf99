-- A company, a team, a department: what people act in. The slug is its name towards everyone and never changes.
CREATE TABLE workspaces (
    slug TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    rev BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE members (
    workspace TEXT NOT NULL REFERENCES workspaces (slug) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, user_id)
);
CREATE INDEX members_user ON members (user_id);

-- In which workspace a grant acts; null for people without one.
ALTER TABLE grants ADD COLUMN workspace TEXT;
CREATE INDEX grants_workspace ON grants (workspace);
-- The one that a person chose for a client, where they have several.
ALTER TABLE consents ADD COLUMN workspace TEXT;

-- What a person may do to this deployment: everything, administer it, look at it, or nothing of that.
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('owner', 'admin', 'auditor', 'user'));
UPDATE users SET role = 'owner' WHERE admin;
ALTER TABLE users DROP COLUMN admin;

INSERT INTO workspaces (slug, name, rev, created_at, updated_at) VALUES ('default', 'Default', 1, 0, 0);
INSERT INTO members (workspace, user_id, role, created_at, updated_at)
SELECT 'default', id, CASE WHEN role = 'owner' THEN 'owner' ELSE 'member' END, created_at, created_at FROM users;
