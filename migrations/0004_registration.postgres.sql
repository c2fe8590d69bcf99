-- A client that is described by a document has grants and consents, but no row.
ALTER TABLE grants DROP CONSTRAINT grants_client_id_fkey;
ALTER TABLE consents DROP CONSTRAINT consents_client_id_fkey;
