-- Lists by page: of the grants of a client, a person, a workspace, in the order of their identifiers.
DROP INDEX grants_client;
CREATE INDEX grants_client ON grants (client_id, id);
DROP INDEX grants_user;
CREATE INDEX grants_user ON grants (user_id, id);
DROP INDEX grants_workspace;
CREATE INDEX grants_workspace ON grants (workspace, id);
-- And of the clients that act in a workspace.
CREATE INDEX grants_workspace_client ON grants (workspace, client_id);

-- Searching clients reads this and not their metadata.
CREATE INDEX clients_search ON clients (id, search);

-- Those who administer are few among many.
CREATE INDEX users_admins ON users (id) WHERE role IN ('owner', 'admin');

-- How much happened in an hour (Unix time in hours), for the console's charts; all processes together.
CREATE TABLE measures (
    name TEXT NOT NULL,
    hour BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (name, hour)
);
