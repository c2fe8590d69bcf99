-- A client that is described by a document has grants and consents, but no row. SQLite can't drop a constraint; changing
-- the text of the schema is what its documentation has for constraints that don't alter what is on disk
-- (https://www.sqlite.org/lang_altertable.html, section 7). RESET makes this connection read it again, since later
-- migrations change these tables by places in that text; the table below makes all other connections read it.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE',
    'client_id TEXT NOT NULL'
)
WHERE type = 'table' AND name IN ('grants', 'consents');
PRAGMA writable_schema = RESET;
CREATE TABLE reread (id TEXT NOT NULL PRIMARY KEY);
DROP TABLE reread;
