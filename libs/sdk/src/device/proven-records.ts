import {STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {recordId} from '@vitalvault/envelope';
import type {StoredKey} from '../keys/stored-key.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';

/** A place in a record log, where a record is said to stand. */
export interface ClaimedPlace {
  /** Patient, hexadecimal. */
  patient: string;
  index: bigint;
}

/** In one question: their proofs fit into an answer (1 MiB) however long the log is. */
const PLACES_AT_ONCE = 256;

/**
 * Which records stand at places of record logs, each under a header that this side verified. A device is given the
 * leaves of its own records alone.
 * @returns record ids (hexadecimal) by place, `undefined` where nothing is proven; in the order of `places`
 * @throws SdkError as `VerifiedLedger.proofs`
 * @spec docs/protocol.md §5.5, §8.1
 */
export async function provenRecords(
  {ledger, key}: {ledger: VerifiedLedger; key: StoredKey},
  places: readonly ClaimedPlace[],
): Promise<(string | undefined)[]> {
  const proven = new Map<string, string>();
  for (const [patient, indexes] of byPatient(places)) {
    const id = fromHex(patient);
    for (let at = 0; at < indexes.length; at += PLACES_AT_ONCE) {
      const some = indexes.slice(at, at + PLACES_AT_ONCE);
      const {answer} = await ledger.proofs(key, {
        keys: [{kind: STATE_KIND.recordLog, parts: [id]}],
        logs: [{kind: STATE_KIND.recordLog, patient: id, indexes: some}],
      });
      for (const index of some) {
        const found = recordIn(answer.leaf(STATE_KIND.recordLog, id, index));
        if (found !== undefined) proven.set(`${patient}/${index}`, found);
      }
    }
  }
  return places.map(({patient, index}) => proven.get(`${patient}/${index}`));
}

function byPatient(places: readonly ClaimedPlace[]): Map<string, bigint[]> {
  const logs = new Map<string, Set<bigint>>();
  for (const {patient, index} of places) logs.set(patient, (logs.get(patient) ?? new Set()).add(index));
  return new Map([...logs].map(([patient, indexes]) => [patient, [...indexes].sort((a, b) => (a < b ? -1 : 1))]));
}

/** Id of the record that a leaf is of; empty for a skip. */
function recordIn(leaf: Uint8Array | undefined): string | undefined {
  if (leaf === undefined) return undefined;
  const entry = decodeCanonical(RecordLeafSchema, leaf).entry?.entry;
  return entry?.case === 'record' ? toHex(recordId(entry.value)) : '';
}
