import {CODE, encodeCanonical, LIMITS, ORG_ROLE, STATE_KIND} from '@vitalvault/contracts';
import {RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {AnchorRecordsSchema, AnchorResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {AnchorEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {parseEntry} from '../anchor-entry.js';
import {takeEntry} from '../anchor-rules.js';
import {isAnchorEntry} from '../field-rules.js';
import {done} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {hasRoom} from '../room.js';
import {isOrganisationWith} from '../signer.js';

type AnchorRecords = MessageOf<'anchorRecords'>;

/**
 * A custodian anchors what its storage keeps: each entry carries the device's own signature and is judged by itself; a
 * bad one is refused alone with its reason, at the custodian's cost. Its length is no matter of its own: a long entry
 * would be on the chain for ever, refused or not.
 * @paper ME T_data, DI EMR blocks (pointers, not data); docs/protocol.md §4.5
 */
export const ANCHOR_RECORDS: MessageRules<AnchorRecords> = {
  level: 'bulk',
  schema: AnchorRecordsSchema,
  fields: {
    entries: (entries) => entries.length >= 1 && entries.length <= LIMITS.anchorEntries && entries.every(isAnchorEntry),
  },
  signatures: () => [undefined],
  maySign: (signer) => isOrganisationWith(signer, [ORG_ROLE.storage]),
  // For every entry, whatever becomes of it: one that is refused costs the validators as much as one that is taken.
  bucket: ({identity}, {entries}) => ({bucket: 'organisationEntries', identities: [identity], tokens: entries.length}),
  apply: (context, {entries}): Outcome =>
    done(encodeCanonical(AnchorResultsSchema, {results: entries.map((entry) => anchor(context, entry))})),
};

function anchor(context: TxContext, entry: AnchorEntry): {code: number; index?: bigint} {
  const parsed = parseEntry(entry, context.ports.sha256);
  if (parsed === undefined) return {code: CODE.entryUndecodable};
  const state = context.state.fork();
  const code = takeEntry({...context, state}, parsed);
  if (code !== CODE.ok) return {code};
  const index = appendLeaf({...context, state}, entry, parsed.patient);
  if (!hasRoom([state], context.parameters, 'bulk')) return {code: CODE.stateFull};
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
