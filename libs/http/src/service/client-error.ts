import {DomainError, toProblem} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import type {Socket} from 'node:net';
import {STATUS_CODES} from 'node:http';

/** Answers what never became a request: a body that stopped half-way, headers without end, bytes that are not HTTP. */
export function answerClientError(error: Error & {code?: string}, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const code: ErrorCode = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'body-timeout' : 'malformed';
  const problem = toProblem(new DomainError(code));
  const body = JSON.stringify(problem);
  if (socket.writable) {
    socket.write(
      [
        `HTTP/1.1 ${String(problem.status)} ${STATUS_CODES[problem.status] ?? ''}`,
        'content-type: application/problem+json',
        `content-length: ${String(Buffer.byteLength(body))}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  }
  socket.destroySoon();
}
