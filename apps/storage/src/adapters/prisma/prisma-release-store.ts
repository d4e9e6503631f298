import {fromDecimal, toDecimal} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {ReadersRequest, ReleasableRecord, ReleaseStore} from '../../application/ports.js';
import type {DecidedRequest} from '../../domain/block-facts.js';
import {STATE} from '../../domain/record.js';
import type {Database} from './database.js';
import {requestOf} from './request-row.js';

const ALL_TYPES = '0'.repeat(32);

/** What may be handed out. */
export class PrismaReleaseStore implements ReleaseStore {
  constructor(private readonly database: Database) {}

  async request(txId: string): Promise<ReadersRequest | undefined> {
    const row = await this.database.accessRequest.findUnique({where: {txId}, omit: {height: true}});
    if (row === null) return undefined;
    const signer = await this.database.readerKey.findUnique({where: {keyId: row.signerKeyId}});
    if (signer === null) throw new DomainError('internal', {detail: 'a request by a key that no block told of'});
    return {...requestOf(row), reader: signer.identity};
  }

  async releasable(request: DecidedRequest, from: bigint, limit: number): Promise<ReleasableRecord[]> {
    const rows = await this.database.record.findMany({
      where: {
        patient: request.patient,
        state: STATE.anchored,
        slot: {gte: request.slotFrom, lte: request.slotTo},
        logIndex: {gte: toDecimal(from), lt: toDecimal(request.recordLogSize)},
        ...(request.typeTag === ALL_TYPES ? {} : {typeTag: request.typeTag}),
      },
      orderBy: {logIndex: 'asc'},
      take: limit,
      include: {sealedKey: true},
    });
    const keys = await this.database.device.findMany({
      where: {device: {in: [...new Set(rows.map(({device}) => device))]}},
    });
    const keyOf = new Map(keys.map(({device, publicKey}) => [device, publicKey]));
    return rows.flatMap(({sealedKey, logIndex, packRoot, traceparent, ...row}) =>
      sealedKey === null || logIndex === null
        ? []
        : [
            {
              ...row,
              sealedKey: sealedKey.sealedKey,
              logIndex: fromDecimal(logIndex),
              packRoot: packRoot ?? undefined,
              traceparent: traceparent ?? undefined,
              deviceKey: keyOf.get(row.device) ?? new Uint8Array(),
            },
          ],
    );
  }
}
