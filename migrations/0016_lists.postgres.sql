-- Addresses are ASCII; in the order of their bytes, those that begin alike stand together.
ALTER TABLE users ALTER COLUMN email_key TYPE TEXT COLLATE "C";
