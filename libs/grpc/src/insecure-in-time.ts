import {credentials} from '@grpc/grpc-js';
import type {ChannelCredentials} from '@grpc/grpc-js';
import type {Socket} from 'node:net';

/** As long as a TCP connection may take: a server's first word is sent as soon as it has that. */
const FIRST_WORD_MS = 4_000;

/**
 * Credentials of channels without TLS, whose connections end when the other side does not begin to speak: then another
 * one is tried. `@grpc/grpc-js` waits for ever, whatever becomes of that peer, and all calls wait with it; other gRPC
 * clients give up in time. @spec gRPC, doc/connection-backoff.md: MIN_CONNECT_TIMEOUT
 */
export function insecureInTime(): ChannelCredentials {
  const plain = credentials.createInsecure();
  const create = plain._createSecureConnector.bind(plain);
  plain._createSecureConnector = (...args) => {
    const connector = create(...args);
    return {
      ...connector,
      connect: (socket) => {
        mustSpeak(socket);
        return connector.connect(socket);
      },
    };
  };
  return plain;
}

function mustSpeak(socket: Socket): void {
  const timer = setTimeout(() => {
    if (socket.bytesRead === 0) socket.destroy();
  }, FIRST_WORD_MS);
  timer.unref();
  socket.once('close', () => {
    clearTimeout(timer);
  });
}
