import type {FastifyInstance, FastifyRequest} from 'fastify';

/** A request whose body's bytes were kept: what Content-Digest is compared with. */
export interface RawBodyRequest {
  rawBody?: Buffer;
}

const PROTOBUF = /^application\/vnd\.vitalvault\.[a-z0-9-]+\.v1\+protobuf$/;

/**
 * Bodies: our protobuf types and octet streams stay bytes, JSON is parsed (its bytes are kept), every other type is
 * answered 415.
 */
export function addBodyParsers(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  const parseJson = instance.getDefaultJsonParser('error', 'error');
  instance.addContentTypeParser('application/json', {parseAs: 'buffer'}, (request, body, done) => {
    keep(request, body as Buffer);
    void parseJson(request, body.toString('utf8'), done);
  });
  for (const type of [PROTOBUF, 'application/octet-stream']) {
    instance.addContentTypeParser(type, {parseAs: 'buffer'}, (request, body, done) => {
      keep(request, body as Buffer);
      done(null, body);
    });
  }
}

function keep(request: FastifyRequest, body: Buffer): void {
  (request as RawBodyRequest).rawBody = body;
}
