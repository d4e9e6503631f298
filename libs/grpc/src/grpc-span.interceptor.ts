import type {Metadata} from '@grpc/grpc-js';
import {Injectable} from '@nestjs/common';
import type {CallHandler, ExecutionContext, NestInterceptor} from '@nestjs/common';
import {defer, lastValueFrom} from 'rxjs';
import type {Observable} from 'rxjs';
import {extractContext, withSpan} from '@vitalvault/process';

/** Server span of each gRPC call, continuing the caller's trace. */
@Injectable()
export class GrpcSpanInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType() !== 'rpc') return next.handle();
    const metadata = execution.switchToRpc().getContext<Metadata | undefined>();
    // Kafka handlers have their own span (libs/kafka-bus) and no gRPC metadata.
    if (typeof metadata?.get !== 'function' || typeof metadata.getMap !== 'function') return next.handle();
    const method = execution.getHandler().name;
    return defer(() =>
      withSpan(
        `${execution.getClass().name}/${method}`,
        {
          kind: 'server',
          attributes: {'rpc.system': 'grpc', 'rpc.method': method},
          parent: extractContext(metadata.getMap()),
        },
        () => lastValueFrom(next.handle()),
      ),
    );
  }
}
