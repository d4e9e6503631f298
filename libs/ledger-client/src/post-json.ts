import {Agent, request as httpRequest} from 'node:http';
import type {ClientRequest, IncomingMessage} from 'node:http';
import {Agent as SecureAgent, request as httpsRequest} from 'node:https';

/** A node closes a connection that was idle for 10 s: ours ends before, so that no question meets a closed one. */
const AGENT = {keepAlive: true, timeout: 4_000} as const;
const agents = {http: new Agent(AGENT), https: new SecureAgent(AGENT)};

/** The connection failed, or the answer did; `sent`: there was a connection, so the question may have arrived. */
export class PostError extends Error {
  override readonly name = 'PostError';
  readonly sent: boolean;

  constructor({sent, cause}: {readonly sent: boolean; readonly cause: unknown}) {
    super(cause instanceof Error ? cause.message : 'no answer', {cause});
    this.sent = sent;
  }
}

/**
 * POSTs JSON and gives the answer to read, of whatever status. Not fetch: that does not tell whether there ever was a
 * connection, and a connect that hangs has brought nobody anything.
 * @throws PostError
 */
export async function postJson(url: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  let sent = false;
  const bytes = Buffer.from(body);
  const [send, agent, connected] =
    new URL(url).protocol === 'https:'
      ? ([httpsRequest, agents.https, 'secureConnect'] as const)
      : ([httpRequest, agents.http, 'connect'] as const);
  const headers = {'content-type': 'application/json', 'content-length': bytes.length};
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const request: ClientRequest = send(url, {method: 'POST', agent, headers, signal}, resolve);
      request.on('error', reject);
      request.on('socket', (socket) => {
        if (socket.connecting) socket.once(connected, () => (sent = true));
        else sent = true;
      });
      request.end(bytes);
    });
  } catch (cause) {
    throw new PostError({sent, cause});
  }
}
