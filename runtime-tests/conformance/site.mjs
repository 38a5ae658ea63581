import { once } from 'node:events';
import { createServer } from 'node:http';

/** A site on a loopback port: some files, and a place that keeps the beacons it gets. */
export class Site {
  beacons = [];
  #server;
  #waiting = [];

  /** `files`: what each path serves, `{ '/page.html': '<!doctype html>…' }`. */
  constructor(files) {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url, 'http://site');
      if (pathname === '/beacon') this.#receive(request, response);
      else this.#serve(files[pathname], pathname, response);
    });
  }

  async open() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  url(path) {
    return `http://127.0.0.1:${this.#server.address().port}${path}`;
  }

  /** Resolves with the bodies of all beacons so far, once there are `count`; rejects after a minute. */
  received(count) {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`${count} beacons were sent, got ${this.beacons}`)), 60_000);
      const look = () => {
        if (this.beacons.length < count) return;
        clearTimeout(limit);
        resolve([...this.beacons]);
      };
      this.#waiting.push(look);
      look();
    });
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #receive(request, response) {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    response.writeHead(204).end();
    this.beacons.push(body);
    for (const look of this.#waiting) look();
  }

  #serve(content, path, response) {
    const type = path.endsWith('.mjs') ? 'text/javascript' : 'text/html';
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(content);
  }
}
