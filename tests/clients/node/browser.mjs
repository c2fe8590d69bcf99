// A person's browser for the clients of these tests, without JavaScript: knows our pages by their forms.

import http from 'node:http';
import https from 'node:https';
import { parse } from 'parse5';

const TIMEOUT_MS = 20_000;

export class Failed extends Error {}

export function check(truth, message) {
  if (!truth) throw new Failed(message);
}

/** The forms of a page, the scopes that it names, and its text for error messages. */
function read(html) {
  const forms = [];
  const words = [];
  const scopes = { asked: [], before: [] };
  const walk = (node, form, kind) => {
    const attrs = Object.fromEntries((node.attrs ?? []).map(({ name, value }) => [name, value]));
    if (node.nodeName === '#text') words.push(node.value.trim());
    if (node.nodeName === 'script' || node.nodeName === 'style') return;
    if (node.nodeName === 'form') {
      form = { action: attrs.action ?? '', method: (attrs.method ?? 'get').toLowerCase(), inputs: {}, buttons: [] };
      forms.push(form);
    } else if (form && !('disabled' in attrs)) {
      const type = attrs.type?.toLowerCase();
      if (node.nodeName === 'button' && (type ?? 'submit') === 'submit') form.buttons.push(attrs);
      else if (node.nodeName === 'input' && type === 'submit') form.buttons.push(attrs);
      else if (node.nodeName === 'input' && attrs.name && (!['checkbox', 'radio'].includes(type) || 'checked' in attrs))
        form.inputs[attrs.name] = attrs.value ?? '';
    }
    if (attrs.class?.split(' ').includes('before')) kind = 'before';
    if (attrs['data-scope']) scopes[kind].push(attrs['data-scope']);
    for (const child of node.childNodes ?? []) walk(child, form, kind);
  };
  walk(parse(html), undefined, 'asked');
  return { forms, scopes, text: words.filter(Boolean).join(' ').slice(0, 400) };
}

/** One request with exactly these headers: fetch would add a `Sec-Fetch-Mode` that no navigation has. */
function navigate(method, url, headers, body = '') {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = (url.protocol === 'https:' ? https : http).request(url, { method, headers, signal }, async (answer) => {
      try {
        let text = '';
        for await (const chunk of answer.setEncoding('utf8')) text += chunk;
        resolve({ status: answer.statusCode, headers: answer.headers, text });
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Keeps cookies, follows redirects by hand, fills the two forms, and stops at the door of the relying party. */
export class Browser {
  cookies = new Map();
  /** The pages of the last authorization, in order, and what its consent page asked for and named as allowed before. */
  pages = [];
  scopes = { asked: [], before: [] };

  constructor({ issuer, email, password }) {
    this.person = { email, password };
    this.issuer = issuer;
  }

  /** Goes there and on until it is led back: by a redirect, whose URL it returns, or by a form, whose POST it returns. */
  async travel(url, redirectUri) {
    this.pages = [];
    this.scopes = { asked: [], before: [] };
    let request = { method: 'GET', url: new URL(url), site: 'cross-site' };
    for (let hops = 0; hops < 15; hops++) {
      const response = await this.#send(request);
      const where = `${request.method} ${request.url.pathname} (${response.status})`;
      const { location } = response.headers;
      if (response.status >= 300 && response.status < 400 && location) {
        const kept = request.method === 'POST' && ![302, 303].includes(response.status);
        check(!kept, `${where}: this status would send the form on to the next server`);
        const target = new URL(location, request.url);
        if (location.startsWith(`${redirectUri}?`)) return target;
        check(target.origin === this.issuer, `${where} redirected to ${target}, neither the issuer nor ${redirectUri}`);
        request = { method: 'GET', url: target, site: request.site };
      } else {
        const page = read(response.text);
        const back = page.forms.find((form) => form.action === redirectUri);
        if (back) return this.#press(back, where, response);
        request = this.#fill(request.url, where, response.status, page);
      }
    }
    throw new Failed(`still not back at ${redirectUri} after 15 requests; pages seen: ${this.pages}`);
  }

  async #send({ method, url, site, fields }) {
    const headers = { 'User-Agent': "Mozilla/5.0 (a test's browser)", Accept: 'text/html' };
    headers['Sec-Fetch-Site'] = site;
    headers['Sec-Fetch-Mode'] = 'navigate';
    headers['Sec-Fetch-Dest'] = 'document';
    const cookies = [...this.cookies.values()].filter((cookie) => url.pathname.startsWith(cookie.path));
    if (cookies.length) headers.Cookie = cookies.map((cookie) => cookie.pair).join('; ');
    if (fields) {
      headers.Origin = url.origin;
      headers['Content-Type'] = 'application/x-www-form-urlencoded';
    }
    const response = await navigate(method, url, headers, fields && new URLSearchParams(fields).toString());
    for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
    return response;
  }

  #keep(line) {
    const [pair, ...rest] = line.split(';').map((part) => part.trim());
    const attributes = Object.fromEntries(
      rest.map((part) => part.split('=')).map(([name, ...value]) => [name.toLowerCase(), value.join('=')]),
    );
    const path = attributes.path || '/';
    const key = `${pair.slice(0, pair.indexOf('='))} ${path}`;
    const gone = Number(attributes['max-age'] ?? 1) <= 0 || Date.parse(attributes.expires ?? '9999-01-01') <= Date.now();
    if (gone) this.cookies.delete(key);
    else this.cookies.set(key, { pair, path });
  }

  #fill(url, where, status, page) {
    check(status === 200, `the browser got an error page at ${where}: ${page.text}`);
    for (const form of page.forms) {
      if ('email' in form.inputs && 'password' in form.inputs) {
        check(!this.pages.includes('sign-in'), `sign-in was refused at ${where}: ${page.text}`);
        this.pages.push('sign-in');
        const button = form.buttons.find((each) => each.id === 'sign-in');
        check(button, `the form at ${where} has no button with the id sign-in`);
        return this.#submit(url, form, button, this.person);
      }
      const button = form.buttons.find((each) => each.name === 'decision' && each.value === 'allow');
      if (button) {
        check(!this.pages.includes('consent'), `consent was asked twice at ${where}: ${page.text}`);
        this.pages.push('consent');
        this.scopes = page.scopes;
        return this.#submit(url, form, button, {});
      }
    }
    throw new Failed(`${where} has neither a sign-in nor a consent form: ${page.text}`);
  }

  /** Form Post Response Mode §2, as a browser does it in which scripts are off: the person presses the button. */
  #press(form, where, { status, headers }) {
    check(status === 200, `${where}: a form that leads back, with an error's status`);
    check(form.method === 'post', `${where}: this form would put the answer into the URL`);
    check(form.buttons.length === 1, `${where}: nothing to press for who has no scripts`);
    check(headers['cache-control'] === 'no-store', `${where}: the answer may be kept: ${headers['cache-control']}`);
    const allowed = /form-action ([^;]*)/.exec(headers['content-security-policy'] ?? '')?.[1].split(' ');
    check(!allowed || allowed.includes(new URL(form.action).origin), `${where}: browsers may not send this: ${allowed}`);
    this.pages.push('form');
    return new Request(form.action, { method: 'POST', body: new URLSearchParams(form.inputs) });
  }

  #submit(url, form, button, typed) {
    check(form.method === 'post', `a form at ${url.pathname} would put what it carries into the URL`);
    const fields = { ...form.inputs, ...typed };
    if (button.name) fields[button.name] = button.value ?? '';
    return { method: 'POST', url: new URL(form.action, url), site: 'same-origin', fields };
  }
}
