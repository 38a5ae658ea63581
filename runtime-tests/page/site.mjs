import { once } from 'node:events';
import { createServer } from 'node:http';

/** A site on a loopback port: some files, and a place for what pages post, those of each {@link Mailbox} by themselves. */
export class Site {
  #server;
  #mailboxes = new Map();
  #held = new Map();
  #headers;

  /**
   * `files`: what each path serves, `{ '/page.html': '<!doctype html>…' }`. Of an array the second part is held back until a page of the same
   * query posts the path to /release; so is the answer to what is posted to /slow. `headers` go with each.
   */
  constructor(files, headers = {}) {
    this.#headers = headers;
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url, 'http://site');
      if (request.method === 'POST') void this.#receive(request, response);
      else this.#serve(files[pathname], request, response);
    });
  }

  async open() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  url(path) {
    return `http://127.0.0.1:${this.#server.address().port}${path}`;
  }

  /** For the beacons of one test: those of the last may still come. */
  mailbox() {
    const mailbox = new Mailbox(`?${this.#mailboxes.size}`);
    this.#mailboxes.set(mailbox.query, mailbox);
    return mailbox;
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(content, { url }, response) {
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [start, end] = [content].flat();
    response.writeHead(200, { ...this.#headers, 'content-type': `${typeOf(url.split('?')[0])}; charset=utf-8` });
    if (end === undefined) response.end(start);
    else {
      response.write(start);
      response.flushHeaders();
      this.#held.set(url, () => response.end(end));
    }
  }

  async #receive(request, response) {
    const { search } = new URL(request.headers.referer ?? '', 'http://site');
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { pathname } = new URL(request.url, 'http://site');
    if (pathname === '/slow') this.#held.set(pathname + search, () => response.writeHead(204).end());
    else response.writeHead(204).end();
    if (pathname === '/release') this.#held.get(body + search)?.();
    else this.#mailboxes.get(search)?.take(pathname, body);
  }
}

/** The bodies that pages loaded with this query have posted, in order of arrival. */
class Mailbox {
  #posts = [];
  #waiting = [];

  constructor(query) {
    this.query = query;
  }

  /** Ignores what is posted to /here. */
  get bodies() {
    return this.#posts.filter(({ path }) => path !== '/here').map(({ body }) => body);
  }

  /** Resolves with all bodies so far, once there are `count`; the limit of the test is its limit. */
  async received(count) {
    await this.#until(() => this.bodies.length >= count);
    return this.bodies;
  }

  /** Resolves when /elsewhere.html has been loaded. */
  arrival() {
    return this.#until(() => this.#posts.some(({ path }) => path === '/here'));
  }

  take(path, body) {
    this.#posts.push({ path, body });
    for (const look of this.#waiting) look();
  }

  #until(condition) {
    return new Promise((resolve) => {
      const look = () => condition() && resolve();
      this.#waiting.push(look);
      look();
    });
  }
}

const typeOf = (path) => ({ mjs: 'text/javascript', png: 'image/png' })[path.split('.').at(-1)] ?? 'text/html';
