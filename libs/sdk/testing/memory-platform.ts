import {
  STATE_KIND,
  codeName,
  decodeCanonical,
  encodeCanonical,
  equalBytes,
  fromHex,
  sha256Of,
  toHex,
  transactionId,
} from '@vitalvault/contracts';
import {DeviceSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema, DecisionSchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {SignedServiceDescriptionSchema} from '@vitalvault/contracts/gen/policy/v1/description';
import {SignedWrapBundleSchema, WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {
  PostedRecordSchema,
  PostedRecordsSchema,
  RecordHeaderSchema,
  SignedEpochStatementSchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {ReleasePageSchema} from '@vitalvault/contracts/gen/storage/v1/storage';
import {DomainError, toProblem} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import type {RandomBytes} from '@vitalvault/envelope';
import {
  openSealedKey,
  partsOfPosted,
  recordIdOfPosted,
  sealReleaseBundle,
  signAccepted,
  signServiceDescription,
} from '@vitalvault/envelope';
import {TEST_CHAIN, anchorRecords, testOrganisation} from '@vitalvault/ledger-state/testing';
import {parseGenesis} from '@vitalvault/light-client';
import {numberPart} from '@vitalvault/proofs';
import {ApiClient} from '../src/http/api-client.js';
import {gatewayRefusal} from './gateway-rules.js';
import {SignedChain} from './signed-chain.js';

const hospital = testOrganisation('hospital');
const VALIDATORS = 4;

/** What travels through `fetch` here. */
interface Call {
  method: string;
  url: URL;
  path: string;
  body: Uint8Array;
}
type Answer = {status?: number; json?: unknown; bytes?: Uint8Array};

/**
 * A whole platform behind one `fetch`, without engines: the ledger's real rules and proofs; ingest, storage, policy and
 * notify in as few lines as their answers need. Signatures of requests are not checked here. Lies by `tamper`.
 */
export class MemoryPlatform {
  readonly chain = new SignedChain();
  readonly kept = new Map<string, Uint8Array>();
  readonly complaints: unknown[] = [];
  readonly skips: Uint8Array[] = [];
  readonly calls: string[] = [];
  readonly records = new Map<
    string,
    {posted: PostedRecord; receipt: Uint8Array; index?: bigint; refusal?: {code: number; name: string}}
  >();
  /** Changes an answer on its way out; the path says which. */
  tamper: (path: string, answer: Answer, url: URL) => Answer | Promise<Answer> = (_, answer) => answer;
  /** While set: what waits in the pool, and its sender hears no more than that it took too long. */
  pool: Uint8Array[] | undefined;
  /** While set: transactions are thrown away, and called committed with this `data` (hexadecimal). */
  falseData: string | undefined;
  /** Of transactions, by their ids. */
  readonly answers = new Map<string, object>();
  private readonly decided = new Map<
    string,
    {patient: Uint8Array; readerKey: Uint8Array; slotFrom: number; slotTo: number; permit: boolean; size: bigint}
  >();

  /** A client of the hospital's services whose clock is the chain's. */
  api(random: RandomBytes): ApiClient {
    return new ApiClient({
      endpoints: {ingest: 'http://ingest', policy: 'http://policy', storage: 'http://storage', notify: 'http://notify'},
      organisation: toHex(hospital.id),
      environment: {
        fetch: (url, init) => this.fetch(url as URL, init),
        now: () => this.chain.timeMs,
        random,
        sleep: () => Promise.resolve(),
      },
      attempts: 1,
    });
  }

  private async fetch(url: URL, init: RequestInit = {}): Promise<Response> {
    const call = {
      method: init.method ?? 'GET',
      url,
      path: url.pathname,
      body: (init.body as Uint8Array | undefined) ?? new Uint8Array(),
    };
    this.calls.push(`${call.method} ${call.path}`);
    try {
      const {status = 200, json, bytes} = await this.tamper(call.path, await this.answer(call), url);
      return new Response(
        status === 204 ? null : ((bytes as Uint8Array<ArrayBuffer> | undefined) ?? JSON.stringify(json)),
        {status},
      );
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const problem = toProblem(error);
      return new Response(JSON.stringify(problem), {status: problem.status});
    }
  }

  private async answer(call: Call): Promise<Answer> {
    const {path} = call;
    const [, , what = '', id = '', part = ''] = path.split('/');
    const routes: Record<string, (call: Call) => Answer | Promise<Answer>> = {
      chain: ({url}) => this.header(url),
      proofs: ({body}) => ({
        json: {
          proof: toHex(encodeCanonical(ProofResponseSchema, this.chain.proofs(body))),
          signedHeader: this.chain.signedHeader(),
        },
      }),
      records: ({body}) => ({
        status: 202,
        json: {
          chainId: TEST_CHAIN,
          records: decodeCanonical(PostedRecordsSchema, body).records.map((record) => this.accept(record)),
        },
      }),
      vitalvault: () => ({bytes: this.description()}),
      receipts: () => ({json: this.receipt(path)}),
      skips: ({body}) => ({status: 202, json: {count: this.skips.push(body)}}),
      complaints: ({body}) => ({
        status: 202,
        json: {count: this.complaints.push(JSON.parse(new TextDecoder().decode(body)))},
      }),
      releases: async ({body}) => ({
        bytes: await this.release(JSON.parse(new TextDecoder().decode(body)) as {txId: string}),
      }),
      'epoch-statements': ({url}) => ({
        json: this.epochStatements(path.split('/')[3] ?? '', url.searchParams.get('typeTag') ?? ''),
      }),
      successions: ({url}) => ({
        json: this.successions(path.split('/')[3] ?? '', Number(url.searchParams.get('after') ?? '0')),
      }),
      'access-log': ({url}) => ({json: this.accessLog(path.split('/')[3] ?? '', url)}),
    };
    if (path === '/v1/transactions') return {json: this.submit(call.body)};
    const committed = what === 'transactions' && part === '' ? this.answers.get(id) : undefined;
    if (committed !== undefined) return {json: committed};
    const route = routes[part] ?? routes[what];
    return route === undefined ? this.keep(call) : route(call);
  }

  private description(): Uint8Array {
    const organisation = parseGenesis(this.chain.genesisText).genesis.organisations.find(({id}) =>
      equalBytes(id, hospital.id),
    );
    if (organisation === undefined) throw new DomainError('not-found');
    const issuedAt = Math.floor(this.chain.timeMs / 1_000);
    const described = {chainId: TEST_CHAIN, organisation, issuedAt};
    return encodeCanonical(
      SignedServiceDescriptionSchema,
      signServiceDescription(described, hospital.policy.privateKey),
    );
  }

  /** Wraps, profiles and details: what was put is given back. */
  private keep({method, path, body}: Call): Answer {
    const before = this.kept.get(path);
    if (method === 'PUT' && path.endsWith('/wraps') && before !== undefined && versionOf(before) >= versionOf(body))
      throw new DomainError('wrap-invalid');
    if (method === 'PUT') this.kept.set(path, body);
    const kept = this.kept.get(path);
    if (kept === undefined) throw new DomainError('not-found');
    return method === 'PUT' ? {status: 204} : {bytes: kept};
  }

  /** Commits what was in a pool, each in a block of its own; nobody hears of it. */
  commit(pool: readonly Uint8Array[]): void {
    for (const tx of pool) {
      try {
        this.transact(tx);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
    }
  }

  private submit(tx: Uint8Array): object {
    if (this.pool !== undefined) {
      this.pool.push(tx);
      throw new DomainError('tx-timeout');
    }
    return this.falseData === undefined ? this.transact(tx) : this.lie(tx, this.falseData);
  }

  private transact(tx: Uint8Array): object {
    const [outcome] = this.chain.ledger.commit([tx]).results;
    const {body, signatures} = decodeCanonical(TxSchema, tx);
    const name = toHex(transactionId(body, signatures));
    const {height} = this.chain.ledger.block;
    const code = outcome?.code ?? 1;
    if (code !== 0)
      throw new DomainError('tx-refused', {detail: codeName(code), meta: {code, codeName: codeName(code), txId: name}});
    this.remember(name, body, outcome?.data ?? new Uint8Array());
    const answer = {
      chainId: TEST_CHAIN,
      height: String(height),
      txId: name,
      code,
      codeName: 'ok',
      data: toHex(outcome?.data ?? new Uint8Array()),
    };
    this.answers.set(name, answer);
    return answer;
  }

  private lie(tx: Uint8Array, data: string): object {
    const {body, signatures} = decodeCanonical(TxSchema, tx);
    const height = String(this.chain.ledger.block.height);
    return {chainId: TEST_CHAIN, height, txId: toHex(transactionId(body, signatures)), code: 0, codeName: 'ok', data};
  }

  private remember(name: string, body: Uint8Array, data: Uint8Array): void {
    const {message} = decodeCanonical(BodySchema, body);
    if (message.case !== 'requestAccess') return;
    const {permit, recordLogSize} = decodeCanonical(DecisionSchema, data);
    this.decided.set(name, {...message.value, permit, size: recordLogSize});
  }

  private header(url: URL): Answer {
    if (Number(url.searchParams.get('validator') ?? 0) >= VALIDATORS)
      throw new DomainError('invalid-field', {meta: {validators: VALIDATORS}});
    return {json: {signedHeader: this.chain.signedHeader()}};
  }

  private epochStatements(patient: string, typeTag: string): object {
    const statements: string[] = [];
    for (let epoch = 1; ; epoch++) {
      const value = this.chain.ledger.state.get(STATE_KIND.epochStatement, [
        fromHex(patient),
        fromHex(typeTag),
        numberPart(epoch),
      ]);
      if (value === undefined) return {statements, atHeight: '1'};
      statements.push(
        toHex(encodeCanonical(SignedEpochStatementSchema, decodeCanonical(SignedEpochStatementSchema, value))),
      );
    }
  }

  private successions(patient: string, after: number): object {
    const successions: string[] = [];
    for (let n = after + 1; ; n++) {
      const value = this.chain.ledger.state.get(STATE_KIND.succession, [fromHex(patient), numberPart(n)]);
      if (value === undefined) return {successions, atHeight: '1'};
      successions.push(toHex(value));
    }
  }

  private accessLog(patient: string, url: URL): object {
    const from = BigInt(url.searchParams.get('from') ?? '0');
    const proof = this.chain.logOf(STATE_KIND.accessLog, fromHex(patient), from, Number(url.searchParams.get('limit')));
    return {proof: toHex(encodeCanonical(ProofResponseSchema, proof)), signedHeader: this.chain.signedHeader()};
  }

  private accept(posted: PostedRecord): object {
    const header = decodeCanonical(RecordHeaderSchema, posted.header);
    const {device, registration, sequence} = header;
    const place = `${toHex(device)}/${registration}/${sequence}`;
    const known = this.records.get(place);
    const recordId = recordIdOfPosted(posted);
    if (known !== undefined && !sameBytes(known.posted, posted))
      return {status: 'refused', problem: toProblem(new DomainError('sequence-conflict'))};
    const refusal = known === undefined ? gatewayRefusal(this.chain, header) : undefined;
    if (refusal !== undefined) return {status: 'refused', problem: toProblem(refusal)};
    const receipt =
      known?.receipt ??
      encodeCanonical(
        SignedAcceptedSchema,
        signAccepted(
          {
            chainId: TEST_CHAIN,
            organisation: hospital.id,
            recordId,
            device,
            registration,
            sequence,
            acceptedAtMs: BigInt(this.chain.timeMs),
          },
          hospital.ingest.privateKey,
        ),
      );
    if (known === undefined) this.records.set(place, {posted, receipt});
    return {
      status: known === undefined ? 'accepted' : 'duplicate',
      recordId: toHex(recordId),
      receipt: toHex(receipt),
      location: `/v1/receipts/${place}`,
    };
  }

  /** Anchors every record that is not anchored yet, as storage does. */
  anchor(): void {
    for (const record of this.records.values()) {
      if (record.index !== undefined || record.refusal !== undefined) continue;
      const {header, ciphertextHash, innerKeyHash, sealedKeyHash} = partsOfPosted(record.posted);
      const {patient} = decodeCanonical(RecordHeaderSchema, header);
      const entry = {
        entry: {
          case: 'record' as const,
          value: {header, ciphertextHash, innerKeyHash, sealedKeyHash, signature: record.posted.signature},
        },
      };
      const before = this.chain.ledger.recordLog(patient).length;
      this.chain.ledger.run(anchorRecords([entry]), [hospital.storage]);
      if (this.chain.ledger.recordLog(patient).length === before) record.refusal = {code: 126, name: 'entryEpoch'};
      else record.index = BigInt(before);
    }
  }

  private receipt(path: string): object {
    const record = this.records.get(path.slice('/v1/receipts/'.length));
    if (record === undefined) throw new DomainError('receipt-not-found');
    const state = record.refusal ? 'refused' : record.index === undefined ? 'accepted' : 'anchored';
    return {
      state,
      recordId: toHex(recordIdOfPosted(record.posted)),
      receipt: toHex(record.receipt),
      ...(record.index === undefined ? {} : {logIndex: String(record.index)}),
      ...(record.refusal ? {refusal: record.refusal} : {}),
    };
  }

  private async release({txId: name}: {txId: string}): Promise<Uint8Array> {
    const decision = this.decided.get(name);
    if (decision?.permit !== true) throw new DomainError('access-refused' satisfies ErrorCode);
    const leaves = this.chain.ledger.recordLog(decision.patient).slice(0, Number(decision.size));
    const found = [...this.records.values()].filter(({posted, index}) => {
      const {slot, patient} = decodeCanonical(RecordHeaderSchema, posted.header);
      return (
        index !== undefined &&
        index < leaves.length &&
        toHex(patient) === toHex(decision.patient) &&
        slot >= decision.slotFrom &&
        slot <= decision.slotTo
      );
    });
    if (found.length === 0) return encodeCanonical(ReleasePageSchema, {txId: fromHex(name)});
    const innerKeys = await Promise.all(found.map(({posted}) => openSealedKey(posted, hospital.release.privateKey)));
    const bundle = await sealReleaseBundle(
      {
        chainId: TEST_CHAIN,
        txId: fromHex(name),
        organisation: hospital.id,
        recordIds: found.map(({posted}) => recordIdOfPosted(posted)),
      },
      decision.readerKey,
      innerKeys,
    );
    const records = found.map(({posted, index = 0n}) => ({
      ...partsOfPosted(posted),
      signature: posted.signature,
      ciphertext: posted.ciphertext,
      logIndex: index,
      deviceKey: this.deviceKey(posted),
    }));
    return encodeCanonical(ReleasePageSchema, {txId: fromHex(name), bundle, records});
  }

  private deviceKey(posted: PostedRecord): Uint8Array {
    const {device, registration} = decodeCanonical(RecordHeaderSchema, posted.header);
    const value = this.chain.ledger.state.get(STATE_KIND.device, [device]);
    if (
      value === undefined ||
      this.chain.ledger.state.get(STATE_KIND.registration, [device, numberPart(registration)]) === undefined
    )
      throw new DomainError('unknown-device');
    return decodeCanonical(DeviceSchema, value).key?.publicKey ?? new Uint8Array();
  }
}

function versionOf(wraps: Uint8Array): number {
  return decodeCanonical(WrapBundleSchema, decodeCanonical(SignedWrapBundleSchema, wraps).bundle).version;
}

function sameBytes(a: PostedRecord, b: PostedRecord): boolean {
  return (
    toHex(sha256Of(encodeCanonical(PostedRecordSchema, a))) === toHex(sha256Of(encodeCanonical(PostedRecordSchema, b)))
  );
}
