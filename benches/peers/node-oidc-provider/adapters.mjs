// Two stores for node-oidc-provider: one that forgets with the process, one that is on disk.
//
// The adapter that ships with it is an LRU of 1,000 entries: refresh chains would die under load.

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entity (
    model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
    grant_id TEXT, uid TEXT, user_code TEXT, expires_at INTEGER,
    PRIMARY KEY (model, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entity_by_grant ON entity (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS entity_by_uid ON entity (uid) WHERE uid IS NOT NULL;
`;

const now = () => Math.floor(Date.now() / 1000);

/** Plain maps, one per model: the fastest store that there can be, and nothing survives. */
export function inMemory() {
  const models = new Map();
  const store = (model) => models.get(model) ?? models.set(model, new Map()).get(model);
  const byUid = new Map();
  const byGrant = new Map();

  return class MapAdapter {
    constructor(model) {
      this.model = model;
      this.entities = store(model);
    }

    async upsert(id, payload) {
      this.entities.set(id, payload);
      if (payload.uid) byUid.set(`${this.model}:${payload.uid}`, id);
      if (payload.grantId) {
        const members = byGrant.get(payload.grantId) ?? new Map();
        members.set(`${this.model}:${id}`, [this.model, id]);
        byGrant.set(payload.grantId, members);
      }
    }

    async find(id) {
      return this.entities.get(id);
    }

    async findByUid(uid) {
      return this.entities.get(byUid.get(`${this.model}:${uid}`));
    }

    async findByUserCode() {}

    async consume(id) {
      const entity = this.entities.get(id);
      if (entity) entity.consumed = now();
    }

    async destroy(id) {
      const entity = this.entities.get(id);
      this.entities.delete(id);
      byGrant.get(entity?.grantId)?.delete(`${this.model}:${id}`);
    }

    async revokeByGrantId(grantId) {
      for (const [model, id] of byGrant.get(grantId)?.values() ?? []) store(model).delete(id);
      byGrant.delete(grantId);
    }
  };
}

/** One SQLite file, WAL and FULL: every write is on disk before it is acknowledged. */
export async function durable(file) {
  const database = await open(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec(SCHEMA);
  const upsert = database.prepare(`
    INSERT INTO entity (model, id, payload, grant_id, uid, user_code, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload,
      grant_id = excluded.grant_id, uid = excluded.uid, user_code = excluded.user_code,
      expires_at = excluded.expires_at`);
  const find = database.prepare('SELECT payload, expires_at FROM entity WHERE model = ? AND id = ?');
  const findByUid = database.prepare(
    'SELECT payload, expires_at FROM entity WHERE uid = ? AND model = ?');
  const consume = database.prepare(
    "UPDATE entity SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?");
  const destroy = database.prepare('DELETE FROM entity WHERE model = ? AND id = ?');
  const revoke = database.prepare('DELETE FROM entity WHERE grant_id = ?');
  const read = (row) =>
    row && !(row.expires_at && row.expires_at < now()) ? JSON.parse(row.payload) : undefined;

  return class SqliteAdapter {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      upsert.run(
        this.model, id, JSON.stringify(payload), payload.grantId ?? null, payload.uid ?? null,
        payload.userCode ?? null, expiresIn ? now() + expiresIn : null);
    }

    async find(id) {
      return read(find.get(this.model, id));
    }

    async findByUid(uid) {
      return read(findByUid.get(uid, this.model));
    }

    async findByUserCode() {}

    async consume(id) {
      consume.run(now(), this.model, id);
    }

    async destroy(id) {
      destroy.run(this.model, id);
    }

    async revokeByGrantId(grantId) {
      revoke.run(grantId);
    }
  };
}

/** Node's own SQLite from Node 22.13 on, else better-sqlite3 if it could be installed. */
async function open(file) {
  try {
    const { DatabaseSync } = await import('node:sqlite');
    return new DatabaseSync(file);
  } catch (error) {
    if (error.code !== 'ERR_UNKNOWN_BUILTIN_MODULE') throw error;
  }
  try {
    const { default: Database } = await import('better-sqlite3');
    return new Database(file);
  } catch (error) {
    throw new Error('ADAPTER=sqlite needs Node 22.13 or better-sqlite3', { cause: error });
  }
}
