import { once } from 'node:events';
import { createServer } from 'node:http';

/** A site on a loopback port. It serves some files, and keeps what pages post in the {@link Mailbox} of their test. */
export class Site {
  #server;
  #mailboxes = new Map();
  #held = new Map();
  #headers;

  /**
   * `files` has the content of each path: `{ '/page.html': '<!doctype html>…' }`. If the content is an array, its second part is held back until
   * a page with the same query posts the path to /release. The answer to a POST to /slow is held back in the same way. `headers` are sent with
   * each file.
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

  /** A mailbox for one test. Each test has its own, since beacons of the test before may still arrive. */
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

/** The bodies that the pages with this query have posted, in order of arrival. */
class Mailbox {
  #posts = [];
  #checks = [];

  constructor(query) {
    this.query = query;
  }

  /** All bodies, without those posted to /here. */
  get bodies() {
    return this.#posts.filter(({ path }) => path !== '/here').map(({ body }) => body);
  }

  /** Resolves with all bodies so far, as soon as there are `count`. It has no time limit of its own. */
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
    for (const check of this.#checks) check();
  }

  #until(condition) {
    return new Promise((resolve) => {
      const check = () => condition() && resolve();
      this.#checks.push(check);
      check();
    });
  }
}

const typeOf = (path) => ({ mjs: 'text/javascript', png: 'image/png' })[path.split('.').at(-1)] ?? 'text/html';
