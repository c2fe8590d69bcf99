-- The vault: other people's accounts at other companies. Nothing that a provider gave is here in clear; what is sealed opens only
-- in its row, column and version.

-- Data keys: what a workspace's secrets are sealed under. Each is wrapped by the master key; only the active one seals.
CREATE TABLE data_keys (
    id TEXT NOT NULL PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces (slug) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX data_keys_active ON data_keys (workspace) WHERE active;

-- Sources: an application of ours at somebody else's company. `secrets` is a sealed list of client secrets, `key` the data key.
CREATE TABLE sources (
    id TEXT NOT NULL PRIMARY KEY,
    workspace TEXT NOT NULL REFERENCES workspaces (slug) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    type_version BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    secrets BYTEA NOT NULL,
    key TEXT NOT NULL,
    scope TEXT NOT NULL,
    params TEXT NOT NULL,
    policy TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    state_at BIGINT NOT NULL,
    closed_until BIGINT,
    rev BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sources_slug ON sources (workspace, slug);

-- Grants of providers: one chain of tokens, of which one is current. `attempt` is what may have been spent: it is written before
-- anything is sent, so that whoever comes after a crash knows.
CREATE TABLE vault_grants (
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    workspace TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    scope TEXT NOT NULL,
    params TEXT NOT NULL,
    refreshable BOOLEAN NOT NULL,
    expires_at BIGINT,
    published_at BIGINT,
    ends_at BIGINT,
    idle_at BIGINT,
    health TEXT NOT NULL,
    error TEXT,
    fails BIGINT NOT NULL,
    failing_since BIGINT,
    refused_at BIGINT,
    refreshed_at BIGINT NOT NULL,
    used_at BIGINT,
    next_at BIGINT,
    retry_at BIGINT,
    lease_epoch BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    attempt TEXT,
    attempt_state TEXT NOT NULL,
    attempt_at BIGINT,
    attempts BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX vault_grants_due ON vault_grants (next_at) WHERE next_at IS NOT NULL AND state = 'live';
CREATE INDEX vault_grants_unsettled ON vault_grants (attempt_at) WHERE attempt_state <> 'clean';
CREATE INDEX vault_grants_source ON vault_grants (source, id);

-- What a provider answered, one row for each answer, never changed but in `status` and `purge_at`.
CREATE TABLE vault_secrets (
    id TEXT NOT NULL PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES vault_grants (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    parent BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    status TEXT NOT NULL,
    key TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    refresh_print TEXT,
    access_print TEXT,
    created_at BIGINT NOT NULL,
    purge_at BIGINT
);
CREATE INDEX vault_secrets_grant ON vault_secrets (grant_id, version);
CREATE INDEX vault_secrets_print ON vault_secrets (refresh_print) WHERE refresh_print IS NOT NULL;
CREATE INDEX vault_secrets_purge ON vault_secrets (purge_at) WHERE purge_at IS NOT NULL;

-- Accounts: somebody at a provider, under the name that the provider has for them.
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    workspace TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    verified BOOLEAN NOT NULL,
    display_name TEXT NOT NULL,
    fields TEXT NOT NULL,
    owner TEXT,
    owner_ref TEXT,
    name TEXT NOT NULL,
    metadata TEXT NOT NULL,
    state TEXT NOT NULL,
    disabled_by TEXT,
    disabled_reason TEXT,
    disabled_at BIGINT,
    custody TEXT NOT NULL,
    seq BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX accounts_external ON accounts (source, external_id) WHERE deleted_at IS NULL;
CREATE INDEX accounts_workspace ON accounts (workspace, id);
CREATE INDEX accounts_owner ON accounts (owner, id);

-- Which grants an account acts with; `role` tells a bot's from a person's where a provider gives both.
CREATE TABLE account_grants (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    grant_id TEXT NOT NULL REFERENCES vault_grants (id) ON DELETE CASCADE,
    PRIMARY KEY (account, role)
);
CREATE INDEX account_grants_grant ON account_grants (grant_id);

-- Who else may: `subject` is `user:…`, `client:…` or `workspace`.
CREATE TABLE shares (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    level TEXT NOT NULL,
    expires_at BIGINT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, subject)
);
CREATE INDEX shares_subject ON shares (subject, account);

-- Who took which token, why.
CREATE TABLE token_reads (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    workspace TEXT NOT NULL,
    account TEXT NOT NULL,
    version BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    purpose TEXT NOT NULL
);
CREATE INDEX token_reads_account ON token_reads (account, id);

-- What happened to an account, in order: its timeline, and what is told to others.
CREATE TABLE account_events (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    workspace TEXT NOT NULL,
    account TEXT,
    source TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX account_events_account ON account_events (account, id);
CREATE INDEX account_events_workspace ON account_events (workspace, id);

-- Refresh tokens that somebody brought and of which it isn't known yet whether we hold them; `id` is a digest of the key of the
-- request.
CREATE TABLE vault_takes (
    id TEXT NOT NULL PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES vault_grants (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX vault_takes_grant ON vault_takes (grant_id);
