-- Whoever takes the same token many times within a second is written down once, with how often.
ALTER TABLE token_reads ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
