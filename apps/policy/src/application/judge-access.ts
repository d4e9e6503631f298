import {decideAccess} from '@vitalvault/consent';
import type {AccessDecision} from '@vitalvault/consent';
import {slotOf, toHex} from '@vitalvault/contracts';
import type {AccessEvent} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProjectionFault} from '../domain/projection-fault.js';
import type {ChainPosition, ProjectionWriter, StoredLeaf} from './ports.js';

/**
 * Works out why the ledger permitted or refused an access, from the projection as everything before it in the chain
 * left it, and counts the read of a permit.
 * @returns undefined when the projection comes to another verdict than the ledger: then nobody is told a wrong reason.
 */
export async function judgeAccess(
  event: AccessEvent,
  block: ChainPosition,
  writer: ProjectionWriter,
): Promise<StoredLeaf['verdict']> {
  const {request, decision} = event;
  if (request === undefined || decision === undefined)
    throw new ProjectionFault('an access without request or decision');
  const [patient, grantId, reader] = [toHex(request.patient), toHex(request.grantId), toHex(event.reader)];
  const [grant, member, readsUsed] = [
    await writer.grant(patient, grantId),
    await writer.member(reader),
    await writer.readsUsed(patient, grantId),
  ];
  // What is counted follows the ledger's verdict; ours only explains it.
  if (decision.permit && reader !== patient) await writer.putReadsUsed(patient, grantId, readsUsed + 1n);
  const verdict = decideAccess(request, {
    reader: {id: event.reader, ...(member === undefined ? {} : {member})},
    grant,
    readsUsed,
    blockSlot: slotOf(block.timeSeconds),
  });
  return verdict.permit === decision.permit ? storedVerdict(verdict) : undefined;
}

const storedVerdict = (verdict: AccessDecision): StoredLeaf['verdict'] =>
  verdict.permit ? {rule: 0, byGrant: verdict.byGrant} : {rule: verdict.rule, byGrant: false};
