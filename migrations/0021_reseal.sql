-- Data keys that seal no more: since when. Where they are still needed is found by `key`.
ALTER TABLE data_keys ADD COLUMN retired_at BIGINT;
CREATE INDEX data_keys_retired ON data_keys (retired_at) WHERE retired_at IS NOT NULL;
CREATE INDEX vault_secrets_key ON vault_secrets (key, id);
