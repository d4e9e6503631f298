import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {IncomingMessage, ServerResponse} from 'node:http';

interface StoredObject {
  kind: string;
  metadata: {name: string; labels: Record<string, string>};
  data: Record<string, string>;
}

type SentObject = StoredObject & {stringData?: Record<string, string>};

interface Answer {
  code: number;
  body: object;
}

const VERBS = new Map([
  ['GET', 'get'],
  ['POST', 'create'],
]);

/** What an API server does to one request instead of answering it as it should. */
export type Fault = 'cut-before' | 'cut-after' | number;

/**
 * The part of the Kubernetes API that the installer speaks, over real TLS: tokens, RBAC by verb and resource, Secrets
 * as base64, 404, 409. `faults` holds what happens to the n-th request from now on.
 */
export class FakeApiServer {
  readonly objects = new Map<string, StoredObject>();
  readonly allowed = new Set([
    'get secrets',
    'create secrets',
    'get configmaps',
    'create configmaps',
    'get persistentvolumeclaims',
  ]);
  token = 'first';
  requests = 0;
  faults = new Map<number, Fault>();
  /** Called when a request was understood and before it has its effect. */
  onRequest: (verb: string, name: string) => void = () => undefined;
  readonly #server;

  constructor(tls: {cert: string; key: string}) {
    this.#server = createServer(tls, (request, response) => {
      void this.#serve(request, response);
    });
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.faults.get(this.requests++);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (fault === 'cut-before') {
      response.destroy();
      return;
    }
    const {code, body} =
      typeof fault === 'number'
        ? failure(fault, 'as the test wants it')
        : this.#answer(request, Buffer.concat(chunks).toString('utf8'));
    if (fault === 'cut-after') {
      response.destroy();
      return;
    }
    response.writeHead(code, {'content-type': 'application/json'}).end(JSON.stringify(body));
  }

  #answer(request: IncomingMessage, text: string): Answer {
    if (request.headers.authorization !== `Bearer ${this.token}`) return failure(401, 'Unauthorized');
    const [, resource = '', named] =
      /^\/api\/v1\/namespaces\/ns\/(secrets|configmaps|persistentvolumeclaims)(?:\/([^/]+))?$/.exec(
        request.url ?? '',
      ) ?? [];
    const verb = VERBS.get(request.method ?? '') ?? 'change';
    if (!this.allowed.has(`${verb} ${resource}`)) return failure(403, `cannot ${verb} ${resource}`);
    if (verb === 'create') return this.#create(resource, JSON.parse(text) as SentObject);
    const name = named ?? '';
    this.onRequest(verb, name);
    const stands = this.objects.get(`${resource}/${name}`);
    return stands === undefined ? failure(404, `${name} not found`) : {code: 200, body: stands};
  }

  #create(resource: string, {stringData = {}, ...object}: SentObject): Answer {
    const {name} = object.metadata;
    this.onRequest('create', name);
    if (this.objects.has(`${resource}/${name}`)) return failure(409, `${name} already exists`);
    const encoded = Object.entries(stringData).map(
      ([key, value]) => [key, Buffer.from(value).toString('base64')] as const,
    );
    this.objects.set(`${resource}/${name}`, {...object, data: {...object.data, ...Object.fromEntries(encoded)}});
    return {code: 201, body: object};
  }
}

const failure = (code: number, message: string) => ({code, body: {kind: 'Status', code, message}});
