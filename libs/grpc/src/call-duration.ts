import {ServerInterceptingCall} from '@grpc/grpc-js';
import type {ServerInterceptor} from '@grpc/grpc-js';
import type {DescService} from '@bufbuild/protobuf';
import {GRPC_STATUS, histogram} from '@vitalvault/process';

const MILLISECONDS = 1_000;

type Status = (typeof GRPC_STATUS)[number];

/** As the conventions call a status. */
export const statusName = (code: number): Status => GRPC_STATUS[code] ?? 'UNKNOWN';

/** As the conventions call a method: that of no service of ours is told as one, whatever it is called. */
const OTHER = '_OTHER';

/** Measures how long each call of a server takes, by method and status. */
export function measureCalls(services: readonly DescService[]): ServerInterceptor {
  const duration = histogram('rpc.server.call.duration');
  const known = new Map<string, string>(
    services.flatMap(({typeName, methods}) =>
      methods.map(({name}) => [`/${typeName}/${name}`, `${typeName}/${name}`] as const),
    ),
  );
  return ({path}, call) => {
    const atMs = performance.now();
    return new ServerInterceptingCall(call, {
      sendStatus: (outcome, next) => {
        duration((performance.now() - atMs) / MILLISECONDS, {
          'rpc.method': known.get(path) ?? OTHER,
          'rpc.response.status_code': statusName(outcome.code),
        });
        next(outcome);
      },
    });
  };
}
