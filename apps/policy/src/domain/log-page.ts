import type {STATE_KIND} from '@vitalvault/contracts';
import {fromHex} from '@vitalvault/contracts';
import type {ProofQuestion} from '@vitalvault/light-client';

export interface LogPage {
  readonly kind: typeof STATE_KIND.recordLog | typeof STATE_KIND.accessLog;
  readonly from: bigint;
  readonly limit: number;
}

/** The question for a page of a patient's log with the proof of its head. @param patient hexadecimal */
export function logPage(patient: string, {kind, from, limit}: LogPage): ProofQuestion {
  const id = fromHex(patient);
  return {keys: [{kind, parts: [id]}], logs: [{kind, patient: id, from, limit}]};
}
