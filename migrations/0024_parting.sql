-- Sources that were deleted with their accounts: gone for everybody from then on, and kept until their provider was told of each
-- grant (`told`), or wasn't (`untold`). Such grants are `parting`: nobody refreshes or reads them.
ALTER TABLE sources ADD COLUMN gone_at BIGINT;
ALTER TABLE sources ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN untold BIGINT NOT NULL DEFAULT 0;
DROP INDEX sources_slug;
CREATE UNIQUE INDEX sources_slug ON sources (workspace, slug) WHERE gone_at IS NULL;
CREATE INDEX sources_gone ON sources (gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX accounts_source ON accounts (source);
CREATE INDEX vault_grants_parting ON vault_grants (source, id) WHERE state = 'parting';
