-- Facts about this deployment: which master key it was made with.
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Counts changes that other processes must notice: the registry, the keys.
CREATE TABLE epochs (
    name TEXT NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL
);
INSERT INTO epochs (name, n) VALUES ('registry', 1);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    alg TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('next', 'active', 'retired')),
    jwk TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    activated_at BIGINT,
    retired_at BIGINT
);
-- Whoever generates a key when two replicas start at once: one active and one next key per algorithm.
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (alg) WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (alg) WHERE state = 'next';

-- The keys themselves are derived from the master key; here are only their numbers.
CREATE TABLE mac_keys (
    number BIGINT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    password TEXT,
    claims TEXT NOT NULL,
    admin BOOLEAN NOT NULL,
    enabled BOOLEAN NOT NULL,
    rev BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (email_key);

CREATE TABLE setup_links (
    id TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- `id` is the fingerprint of the cookie; `sid` is what relying parties see.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    sid TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_time BIGINT NOT NULL,
    amr TEXT NOT NULL,
    acr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- A request that waits for its person: sign-in, consent. Bound to one browser.
CREATE TABLE interactions (
    id TEXT NOT NULL PRIMARY KEY,
    browser TEXT NOT NULL,
    payload TEXT NOT NULL,
    consent TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX interactions_expiry ON interactions (expires_at);

CREATE TABLE throttles (
    id TEXT NOT NULL PRIMARY KEY,
    free_at BIGINT NOT NULL
);
CREATE INDEX throttles_free ON throttles (free_at);

CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    metadata TEXT NOT NULL,
    secrets TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    not_before BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Web origins of public clients, whose pages may call the token endpoint (CORS).
CREATE TABLE client_origins (
    origin TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    PRIMARY KEY (origin, client_id)
);
CREATE INDEX client_origins_client ON client_origins (client_id);

CREATE TABLE consents (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);
CREATE INDEX consents_client ON consents (client_id);

-- What one user allowed one client, with all its token state. No index on anything that rotation changes.
CREATE TABLE grants (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sid TEXT NOT NULL,
    scope TEXT NOT NULL,
    resource TEXT NOT NULL,
    claims TEXT,
    nonce TEXT,
    auth_time BIGINT NOT NULL,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT,
    code_expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    generation BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    refresh_hash TEXT,
    access_hash TEXT,
    access_scope TEXT,
    access_resource TEXT,
    access_expires_at BIGINT NOT NULL,
    access_ended BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    end_reason TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX grants_client ON grants (client_id);
CREATE INDEX grants_user ON grants (user_id);
CREATE INDEX grants_sid ON grants (sid);

-- Spent `jti` values of client assertions (RFC 7523 §3).
CREATE TABLE assertions (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX assertions_expiry ON assertions (expires_at);

-- Machines' tokens that were revoked one by one, until they would have expired.
CREATE TABLE revoked_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_tokens_expiry ON revoked_tokens (expires_at);

CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    request_id TEXT,
    address TEXT,
    detail TEXT NOT NULL
);
CREATE INDEX audit_events_object ON audit_events (object, id);
