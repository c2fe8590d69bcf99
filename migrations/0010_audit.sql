-- Each event is linked to the one before by a MAC that nobody makes without the master key: what is changed, taken out or
-- put in shows. Apart from the events, so that writing one waits for nobody.
CREATE TABLE audit_chain (
    n BIGINT NOT NULL PRIMARY KEY,
    event TEXT NOT NULL,
    mac TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_chain_event ON audit_chain (event);
CREATE INDEX audit_events_actor ON audit_events (actor, id);
CREATE INDEX audit_events_action ON audit_events (action, id);
