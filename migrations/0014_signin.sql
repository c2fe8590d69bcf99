-- Passkeys. `credential` is the fingerprint of the identifier that the authenticator gave it; `counter` is the last signature
-- count that was seen: one that isn't higher is a copy's.
CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential TEXT NOT NULL,
    public TEXT NOT NULL,
    counter BIGINT NOT NULL,
    name TEXT NOT NULL,
    synced BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- The app that shows codes: its seed under the master key, and the last step of 30 seconds whose code was taken.
CREATE TABLE totps (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);

-- Codes for who has lost that app; `id` is the fingerprint of one, which is deleted when it is used.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);

-- Challenges that were answered, until they would have expired.
CREATE TABLE spent_proofs (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_proofs_expiry ON spent_proofs (expires_at);

-- People who want an account and haven't shown yet that the address is theirs; `token` is the fingerprint of the link's.
CREATE TABLE signups (
    email_key TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX signups_token ON signups (token);
CREATE INDEX signups_expiry ON signups (expires_at);

-- When the person proved last, in this session, that it is them. Those of before must do so again before something dangerous.
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
