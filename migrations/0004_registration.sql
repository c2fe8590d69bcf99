-- Clients that registered themselves (RFC 7591). `registered_by`: null for an administrator's, `open` for a stranger's,
-- else the invite. `registration_hash` is the fingerprint of the registration access token (RFC 7592).
ALTER TABLE clients ADD COLUMN registered_by TEXT;
ALTER TABLE clients ADD COLUMN registration_hash TEXT;
-- When a stranger's client was last seen to be used; kept up by background work.
ALTER TABLE clients ADD COLUMN used_at BIGINT;
CREATE INDEX clients_used ON clients (used_at);

-- Initial access tokens (RFC 7591 §3), by their fingerprint.
CREATE TABLE invites (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    hint TEXT NOT NULL,
    uses BIGINT NOT NULL,
    used BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX invites_hash ON invites (hash);
CREATE INDEX invites_expiry ON invites (expires_at);

-- Which version of a client a person said yes to, where nobody vouches for it; null for an administrator's.
ALTER TABLE consents ADD COLUMN client_mark TEXT;

-- Clients that are described by a document at their `client_id` have no row in `clients`. These may not act.
CREATE TABLE blocked_clients (
    id TEXT NOT NULL PRIMARY KEY,
    blocked_at BIGINT NOT NULL
);

-- Those that came by; only for people to look at, and only so many.
CREATE TABLE seen_clients (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL
);
CREATE INDEX seen_clients_last ON seen_clients (last_at);
