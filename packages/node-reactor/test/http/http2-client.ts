import * as http2 from 'node:http2';

/** Sends a request on a session; resolves with its status and body, or the code that its stream was closed with. */
export function ask(session: http2.ClientHttp2Session, path = '/'): Promise<string> {
  const stream = session.request({ ':path': path });
  return new Promise((resolve) => {
    let body = '';
    let status = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    stream.on('response', (headers) => (status = String(headers[':status'])));
    stream.on('error', () => undefined); // the code tells
    stream.on('close', () => resolve(stream.rstCode === 0 ? `${status} ${body}` : `code ${String(stream.rstCode)}`));
  });
}

/** Connects, and trusts every certificate. */
export async function sessionOn(port: number, scheme = 'http'): Promise<http2.ClientHttp2Session> {
  const session = http2.connect(`${scheme}://127.0.0.1:${String(port)}`, { rejectUnauthorized: false });
  session.on('error', () => undefined);
  await new Promise((resolve) => session.once('connect', resolve));
  return session;
}
