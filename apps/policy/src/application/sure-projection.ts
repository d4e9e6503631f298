import type {Follower, Id, Projection} from './ports.js';

/**
 * The projection as answers are read from it. While its follower stands, what it lacks may be in a block that it has
 * not taken, and a grant that it has may have been revoked there: then it says so instead of no, or yes. What happened
 * before that block is told as ever, and lists carry the height that they are of.
 * @throws DomainError follower-stopped
 */
export function sureProjection(projection: Projection, follower: Follower): Projection {
  const sure = async <T>(looked: Promise<T | undefined>): Promise<T | undefined> => {
    const found = await looked;
    if (found === undefined) follower.mustGoOn();
    return found;
  };
  return {
    position: () => projection.position(),
    lastTransactionHeight: () => projection.lastTransactionHeight(),
    organisationKeys: (organisation) => projection.organisationKeys(organisation),
    accessLogSize: (patient) => projection.accessLogSize(patient),
    accessLogSizes: (patients) => projection.accessLogSizes(patients),
    readsUsed: (patient, grantId) => projection.readsUsed(patient, grantId),
    registrationsOf: (owner) => projection.registrationsOf(owner),
    epochStatements: (patient, typeTag) => projection.epochStatements(patient, typeTag),
    successions: (patient, after) => projection.successions(patient, after),
    grantsOf: (patient) => projection.grantsOf(patient),
    member: (id) => sure(projection.member(id)),
    patient: (id) => sure(projection.patient(id)),
    key: (keyId) => sure(projection.key(keyId)),
    device: (id) => sure(projection.device(id)),
    registration: (device, number) => sure(projection.registration(device, number)),
    registrationsAt: async (places) => {
      const found = await projection.registrationsAt(places);
      if (found.includes(undefined)) follower.mustGoOn();
      return found;
    },
    transaction: (txId) => sure(projection.transaction(txId)),
    leafOfTransaction: (txId) => sure(projection.leafOfTransaction(txId)),
    leafAt: (patient, index) => sure(projection.leafAt(patient, index)),
    grant: async (patient: Id, grantId: Id) => {
      follower.mustGoOn();
      return projection.grant(patient, grantId);
    },
  };
}
