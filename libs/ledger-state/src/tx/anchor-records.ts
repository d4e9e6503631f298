import {CODE, encodeCanonical, LIMITS, ORG_ROLE, STATE_KIND} from '@vitalvault/contracts';
import {RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {AnchorRecordsSchema, AnchorResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {AnchorEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {parseEntry} from '../anchor-entry.js';
import {payForEntry, takeEntry} from '../anchor-rules.js';
import {done} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {hasRoom} from '../room.js';
import {isOrganisationWith} from '../signer.js';

type AnchorRecords = MessageOf<'anchorRecords'>;

/**
 * A custodian anchors what its storage keeps: each entry carries the device's own signature and is judged by itself; a
 * bad one is refused alone with its reason, at the custodian's cost.
 * @paper ME T_data, DI EMR blocks (pointers, not data); docs/protocol.md §4.5
 */
export const ANCHOR_RECORDS: MessageRules<AnchorRecords> = {
  rights: false,
  schema: AnchorRecordsSchema,
  fields: {entries: (entries) => entries.length >= 1 && entries.length <= LIMITS.anchorEntries},
  signatures: () => [undefined],
  maySign: (signer) => isOrganisationWith(signer, [ORG_ROLE.storage]),
  bucket: () => undefined,
  apply: (context, {entries}): Outcome =>
    done(encodeCanonical(AnchorResultsSchema, {results: entries.map((entry) => anchor(context, entry))})),
};

function anchor(context: TxContext, entry: AnchorEntry): {code: number; index?: bigint} {
  if (!payForEntry(context)) return {code: CODE.entryQuota};
  const parsed = parseEntry(entry, context.ports.sha256);
  if (parsed === undefined) return {code: CODE.entryUndecodable};
  const state = context.state.fork();
  const code = takeEntry({...context, state}, parsed);
  if (code !== CODE.ok) return {code};
  const index = appendLeaf({...context, state}, entry, parsed.patient);
  if (!hasRoom([state], context.parameters, ANCHOR_RECORDS)) return {code: CODE.stateFull};
  context.state.absorb(state);
  return {code, index};
}

function appendLeaf({state, block, txId, signer}: TxContext, entry: AnchorEntry, patient: Uint8Array): bigint {
  const index = state.logSize(STATE_KIND.recordLog, patient);
  const leaf = encodeCanonical(RecordLeafSchema, {
    index,
    height: block.height,
    blockTime: block.time,
    txId,
    entry,
    organisation: signer.identity,
  });
  state.append(STATE_KIND.recordLog, patient, leaf);
  return index;
}
