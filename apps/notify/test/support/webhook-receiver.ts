import {createServer} from 'node:http';
import type {IncomingHttpHeaders, Server} from 'node:http';
import type {AddressInfo} from 'node:net';

/** Somebody's webhook: keeps what came and answers what the spec wants. */
export class WebhookReceiver {
  readonly received: {headers: IncomingHttpHeaders; body: string; path: string}[] = [];
  answer: (count: number) => {status: number; headers?: Record<string, string>} | 'silence' = () => ({status: 204});
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      this.received.push({headers: request.headers, body, path: request.url ?? ''});
      const answer = this.answer(this.received.length);
      if (answer !== 'silence') response.writeHead(answer.status, answer.headers).end();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
