// oidc-provider's own store in memory forgets the oldest of a thousand things; this one forgets nothing.

const things = new Map();
const indexes = new Map();
const grants = new Map();

export class Store {
  constructor(model) {
    this.model = model;
  }

  #key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    const key = this.#key(id);
    things.set(key, payload);
    for (const name of ['uid', 'userCode']) {
      if (payload[name]) indexes.set(`${this.model}:${name}:${payload[name]}`, id);
    }
    if (payload.grantId) {
      if (!grants.has(payload.grantId)) grants.set(payload.grantId, new Set());
      grants.get(payload.grantId).add(key);
    }
  }

  async find(id) {
    return things.get(this.#key(id));
  }

  async findByUid(uid) {
    return this.find(indexes.get(`${this.model}:uid:${uid}`));
  }

  async findByUserCode(code) {
    return this.find(indexes.get(`${this.model}:userCode:${code}`));
  }

  async consume(id) {
    things.get(this.#key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    things.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const key of grants.get(grantId) ?? []) {
      if (key.startsWith(`${this.model}:`)) things.delete(key);
    }
  }
}
