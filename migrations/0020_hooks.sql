-- Who is told what happens to accounts: an endpoint of a member's, and what is to be delivered to it. A delivery is written in the
-- transaction of what it tells; of each account (`lane`) they leave in order (`seq`, `id`).
CREATE TABLE hooks (
    id TEXT NOT NULL PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces (slug) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    url TEXT NOT NULL,
    name TEXT NOT NULL,
    events TEXT NOT NULL,
    secrets BYTEA NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    state_at BIGINT NOT NULL,
    delivered_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX hooks_workspace ON hooks (workspace, owner, id);

CREATE TABLE hook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    hook TEXT NOT NULL REFERENCES hooks (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    lane TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    answer TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX hook_deliveries_due ON hook_deliveries (due_at) WHERE state = 'open';
CREATE INDEX hook_deliveries_lane ON hook_deliveries (hook, lane, seq, id) WHERE state = 'open';
CREATE INDEX hook_deliveries_hook ON hook_deliveries (hook, id);
CREATE INDEX hook_deliveries_created ON hook_deliveries (created_at);

-- Until when people were told that a grant fails, or that it ends.
ALTER TABLE vault_grants ADD COLUMN degraded_told BIGINT;
ALTER TABLE vault_grants ADD COLUMN ending_told BIGINT;
CREATE INDEX vault_grants_failing ON vault_grants (failing_since) WHERE failing_since IS NOT NULL;
CREATE INDEX vault_grants_ending ON vault_grants (ends_at) WHERE ends_at IS NOT NULL;
