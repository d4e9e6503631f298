import {createParamDecorator} from '@nestjs/common';
import type {ExecutionContext} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import type {FastifyReply, FastifyRequest} from 'fastify';

/** application/vnd.vitalvault.<name>.v1+protobuf */
export const protobufType = (name: string): string => `application/vnd.vitalvault.${name}.v1+protobuf`;

/** The body's bytes, if it came as exactly this type. @throws DomainError unsupported-content-type */
export const BinaryBody = createParamDecorator((type: string, execution: ExecutionContext): Uint8Array => {
  const {headers, body} = execution.switchToHttp().getRequest<FastifyRequest>();
  const given = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (given !== type) throw new DomainError('unsupported-content-type', {detail: `Send ${type}.`});
  if (!Buffer.isBuffer(body)) throw new DomainError('malformed', {detail: 'no body'});
  return body;
});

/** Answers bytes of this type. */
export function sendBytes(reply: FastifyReply, type: string, bytes: Uint8Array): void {
  void reply.type(type).send(Buffer.from(bytes));
}
