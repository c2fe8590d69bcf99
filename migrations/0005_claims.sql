-- Claims and attributes that a person allowed by their names (OIDC Core 5.5): a JSON array, beside the scopes.
ALTER TABLE consents ADD COLUMN claims TEXT NOT NULL DEFAULT '[]';
-- The account that a person chose for a request that waits (`prompt=select_account`).
ALTER TABLE interactions ADD COLUMN chosen TEXT;
