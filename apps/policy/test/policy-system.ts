import {Server, ServerCredentials} from '@grpc/grpc-js';
import {create} from '@bufbuild/protobuf';
import {keyId, toHex} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import {
  NotifyService,
  QueueAlertRequestSchema,
  QueueAlertResponseSchema,
} from '@vitalvault/contracts/gen/notify/v1/notify';
import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import {fromBinary, toBinary} from '@bufbuild/protobuf';
import {generateEncryptionKey, generateSigningKey, signTx} from '@vitalvault/envelope';
import type {KeyPair} from '@vitalvault/envelope';
import {parseGenesis} from '@vitalvault/light-client';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {grpcClient} from '@vitalvault/grpc';
import {signRequest} from '@vitalvault/http';
import type {GrpcClient} from '@vitalvault/grpc';
import {readKeyFile} from '@vitalvault/process';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

/** A signing key with its id. */
export interface Key extends KeyPair {
  readonly id: Uint8Array;
  readonly key: {readonly alg: number; readonly publicKey: Uint8Array};
}

export const random = (n: number): Uint8Array => Uint8Array.from(randomBytes(n));
const keyOf = (pair: KeyPair): Key => ({
  ...pair,
  key: {alg: 1, publicKey: pair.publicKey},
  id: keyId({alg: 1, publicKey: pair.publicKey}),
});
/** A key of the first organisation. */
export const ownKey = ({endpoints}: Engines, role: 'sponsor' | 'storage'): Key =>
  keyOf(readKeyFile(role, join(endpoints.organisations[0]?.keys ?? '', `${role}.key.json`)));
export const newKey = (): Key => keyOf(generateSigningKey(random));
export const newEncryptionKey = (): KeyPair => generateEncryptionKey(random);

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly json: Record<string, never> & Record<string, unknown>;
}

/** policy as a real process with a real chain, Kafka and PostgreSQL; notify is a server of the test's own. */
export class PolicySystem {
  readonly alerts: Alert[] = [];
  notifyAway = false;
  readonly grpc: GrpcClient<typeof PolicyService>;
  #nonces = new Map<string, bigint>();

  private constructor(
    readonly engines: Engines,
    readonly genesis: ParsedGenesis,
    private readonly organisation: Record<'sponsor' | 'storage', Key>,
    private readonly notify: Server,
  ) {
    this.grpc = grpcClient(PolicyService, {
      url: `127.0.0.1:${String(Number(new URL(this.url).port) + 1)}`,
      unavailable: 'policy-unavailable',
      deadlineMs: 30_000,
    });
  }

  static async start(validators: number): Promise<PolicySystem> {
    const engines = await startEngines({only: ['otel', 'kafka', 'postgres', 'validators', 'policy'], validators});
    const notify = new Server();
    const genesis = parseGenesis(await readFile(engines.endpoints.genesis, 'utf8'));
    const system = new PolicySystem(
      engines,
      genesis,
      {sponsor: ownKey(engines, 'sponsor'), storage: ownKey(engines, 'storage')},
      notify,
    );
    await system.serveNotify();
    return system;
  }

  get url(): string {
    return engines(this).services['policy'] ?? '';
  }

  get sponsor(): Key {
    return this.organisation.sponsor;
  }

  get storage(): Key {
    return this.organisation.storage;
  }

  get organisationId(): string {
    return engines(this).organisations[0]?.id ?? '';
  }

  /** A transaction of the next nonce of its first signer. */
  tx(message: TxMessage, signers: readonly Key[]): Uint8Array {
    const name = toHex((signers[0] as Key).id);
    const nonce = (this.#nonces.get(name) ?? 0n) + 1n;
    this.#nonces.set(name, nonce);
    const seconds = BigInt(Math.floor(Date.now() / 1_000));
    return signTx(
      {
        version: 1,
        chainId: this.genesis.chainId,
        expiresAtHeight: 10_000n,
        expiresAtTime: seconds + 3_600n,
        nonce,
        message,
      },
      signers.map(({privateKey}) => privateKey),
    );
  }

  post = (tx: Uint8Array, query = ''): Promise<Answer> =>
    this.call('POST', `/v1/transactions${query}`, {body: tx, type: 'application/vnd.vitalvault.tx.v1+protobuf'});

  /** Sends a transaction that must be executed. */
  async run(message: TxMessage, signers: readonly Key[]): Promise<{txId: string; height: string; data: string}> {
    const {status, json} = await this.post(this.tx(message, signers));
    if (status !== 200) throw new Error(`${message.case}: ${JSON.stringify(json)}`);
    return json as unknown as {txId: string; height: string; data: string};
  }

  /** What policy's management port answers. */
  async health(path: string): Promise<Pick<Answer, 'status' | 'json'>> {
    const response = await fetch(`${this.engines.endpoints.management['policy'] ?? ''}${path}`);
    return {status: response.status, json: (await response.json()) as Answer['json']};
  }

  /** @param options.signer signs the request (RFC 9421) */
  async call(
    method: string,
    target: string,
    options: {signer?: Key; body?: Uint8Array | object; type?: string; headers?: Record<string, string>} = {},
  ): Promise<Answer> {
    const {signer, body} = options;
    const bytes =
      body === undefined
        ? undefined
        : body instanceof Uint8Array
          ? body
          : new TextEncoder().encode(JSON.stringify(body));
    const signed = signer === undefined ? {} : this.sign(method, target, signer, bytes);
    const type = bytes === undefined ? {} : {'content-type': options.type ?? 'application/json'};
    const response = await fetch(this.url + target, {
      method,
      headers: {...signed, ...type, ...options.headers},
      ...(bytes === undefined ? {} : {body: Buffer.from(bytes)}),
    });
    const answer = new Uint8Array(await response.arrayBuffer());
    const contentType = response.headers.get('content-type') ?? '';
    const json = contentType.includes('json') ? (JSON.parse(new TextDecoder().decode(answer)) as object) : {};
    return {status: response.status, type: contentType, bytes: answer, json: json as Answer['json']};
  }

  /** Headers of a request that `signer` signs (RFC 9421). */
  sign(method: string, target: string, signer: Key, body?: Uint8Array): Record<string, string> {
    return signRequest({
      method,
      target,
      organisation: this.organisationId,
      keyId: toHex(signer.id),
      privateKey: signer.privateKey,
      nonce: randomBytes(16).toString('base64url'),
      created: Math.floor(Date.now() / 1_000),
      ...(body === undefined ? {} : {body}),
    });
  }

  /** For good: nobody listens where notify should be. */
  stopNotify(): void {
    this.notify.forceShutdown();
  }

  async stop(): Promise<void> {
    this.grpc.close();
    this.stopNotify();
    await this.engines.stop();
  }

  private async serveNotify(): Promise<void> {
    const path = `/${NotifyService.typeName}/QueueAlert`;
    const definition = {
      queueAlert: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: (value: never) => value,
        requestDeserialize: (bytes: Buffer) => fromBinary(QueueAlertRequestSchema, bytes),
        responseSerialize: (fresh: boolean) =>
          Buffer.from(toBinary(QueueAlertResponseSchema, create(QueueAlertResponseSchema, {fresh}))),
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    };
    this.notify.addService(
      definition as never,
      {
        queueAlert: (call: {request: {alert?: Alert}}, answer: (error: object | null, value?: boolean) => void) => {
          if (this.notifyAway) {
            answer({code: 14, details: 'away'});
            return;
          }
          if (call.request.alert !== undefined) this.alerts.push(call.request.alert);
          answer(null, true);
        },
      } as never,
    );
    const port = Number(new URL(engines(this).services['notify'] ?? '').port) + 1;
    await new Promise<void>((resolve, reject) => {
      this.notify.bindAsync(`127.0.0.1:${String(port)}`, ServerCredentials.createInsecure(), (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }
}

const engines = (system: PolicySystem): Engines['endpoints'] => system.engines.endpoints;
