-- Requests that may be sent twice (`Idempotency-Key`). `id` is the fingerprint of the caller and their key, `request` that of
-- what they asked; `sealed` is the answer under the master key, null while somebody works on it, until `leased_until`.
CREATE TABLE repeats (
    id TEXT NOT NULL PRIMARY KEY,
    request TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    sealed BYTEA,
    expires_at BIGINT NOT NULL
);
CREATE INDEX repeats_expiry ON repeats (expires_at);
