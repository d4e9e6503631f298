export {grpcClient} from './grpc-client.js';
export type {GrpcClient} from './grpc-client.js';
export {fromGrpcError, toGrpcError} from './grpc-errors.js';
export {grpcOptions} from './grpc-options.js';
export {GrpcSpanInterceptor} from './grpc-span.interceptor.js';
