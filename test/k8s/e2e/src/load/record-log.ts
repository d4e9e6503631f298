import {STATE_KIND, decodeCanonical, toHex} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {recordId} from '@vitalvault/envelope';
import {verifyRecordLog} from '@vitalvault/proofs';
import type {PatientContext, VerifiedLedger} from '@vitalvault/sdk';

const PAGE = 1_000;

/** Ids of all records in a patient's record log: proven under one fresh header, rebuilt to its root. */
export async function anchoredIds({keys, id}: PatientContext, ledger: VerifiedLedger): Promise<string[]> {
  const leaves: Uint8Array[] = [];
  for (;;) {
    const {answer} = await ledger.proofs(keys.signing, {
      keys: [{kind: STATE_KIND.recordLog, parts: [id]}],
      logs: [{kind: STATE_KIND.recordLog, patient: id, from: BigInt(leaves.length), limit: PAGE}],
    });
    const value = answer.state(STATE_KIND.recordLog, [id]);
    if (value === undefined) return [];
    const head = decodeCanonical(LogHeadSchema, value);
    leaves.push(...(answer.logs[0]?.leaves ?? []));
    if (BigInt(leaves.length) < head.size) continue;
    const verdict = verifyRecordLog({head, leaves});
    // The log grew between two pages: once more, from the page that was not whole.
    if (!verdict.ok) throw new Error(`the record log does not hold: ${verdict.fault}`);
    return verdict.leaves.flatMap(({entry}) =>
      entry?.entry.case === 'record' ? [toHex(recordId(entry.entry.value))] : [],
    );
  }
}
