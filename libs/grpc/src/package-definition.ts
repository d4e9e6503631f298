import {create, fromBinary, toBinary} from '@bufbuild/protobuf';
import type {DescMessage, DescService, MessageInitShape, MessageShape} from '@bufbuild/protobuf';
import {FileDescriptorProtoSchema} from '@bufbuild/protobuf/wkt';
import type {DescFile} from '@bufbuild/protobuf';
import type {MethodDefinition, ServiceDefinition} from '@grpc/grpc-js';

type AnyMethod = MethodDefinition<object, object>;

/** gRPC's view of the methods of one protobuf-es service. */
export function serviceDefinition(service: DescService): ServiceDefinition {
  const methods: Record<string, AnyMethod> = {};
  for (const method of service.methods) {
    const [request, response] = [codecOf(method.input), codecOf(method.output)];
    methods[method.name] = {
      path: `/${service.typeName}/${method.name}`,
      originalName: method.localName,
      requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
      responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
      requestSerialize: request.serialize,
      requestDeserialize: request.deserialize,
      responseSerialize: response.serialize,
      responseDeserialize: response.deserialize,
    } as AnyMethod;
  }
  return methods;
}

/**
 * What @grpc/proto-loader would give for these services, made from the generated code: no .proto file at run time,
 * uint64 is bigint.
 */
export function packageDefinition(services: readonly DescService[]): Record<string, object> {
  const definition: Record<string, object> = {};
  for (const service of services) {
    definition[service.typeName] = serviceDefinition(service);
    const files = descriptorsOf(service.file);
    for (const type of messagesOf(service)) {
      definition[type.typeName] = {format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos: files};
    }
  }
  return definition;
}

interface Codec {
  serialize: (value: object) => Buffer;
  deserialize: (bytes: Buffer) => object;
}

function codecOf<D extends DescMessage>(schema: D): Codec {
  return {
    serialize: (value) => Buffer.from(toBinary(schema, create(schema, value as MessageInitShape<D>))),
    deserialize: (bytes): MessageShape<D> => fromBinary(schema, bytes),
  };
}

const messagesOf = (service: DescService): DescMessage[] =>
  service.methods.flatMap((method) => [method.input, method.output]);

// For reflection: the file of the service and every file it needs.
function descriptorsOf(file: DescFile): Buffer[] {
  const found = new Map<string, DescFile>();
  const visit = (one: DescFile): void => {
    if (found.has(one.name)) return;
    found.set(one.name, one);
    one.dependencies.forEach(visit);
  };
  visit(file);
  return [...found.values()].map((one) => Buffer.from(toBinary(FileDescriptorProtoSchema, one.proto)));
}
