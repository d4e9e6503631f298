import {create} from '@bufbuild/protobuf';
import {decodeCanonical, fromHex, keyId, toHex} from '@vitalvault/contracts';
import {DeviceSchema, PatientSchema, RegistrationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {
  DeviceRegisteredEvent,
  DeviceRemovedEvent,
  GrantEvent,
  KeysEvent,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import {EpochStatementSchema, KeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {SignedEpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import type {BlockTransaction} from '../domain/decode-block.js';
import {ownerOf, patientWithKeys, withoutOwner, verifiable} from '../domain/identity-keys.js';
import {ProjectionFault} from '../domain/projection-fault.js';
import type {NewLeaf} from './access-leaves.js';
import {judgeAccess} from './judge-access.js';
import type {ChainPosition, Id, ProjectionWriter, StoredLeaf} from './ports.js';
import {replaceSigningKey} from './replace-signing-key.js';

/** Where a leaf comes from. */
export interface LeafOrigin {
  readonly transaction: BlockTransaction;
  readonly block: ChainPosition;
}

/** Writes the effects that a leaf of a patient's access log tells, and the leaf itself. */
export async function applyLeaf(leaf: NewLeaf, origin: LeafOrigin, writer: ProjectionWriter): Promise<void> {
  const verdict = await applyEvent(leaf, origin, writer);
  await writer.appendLeaf({
    patient: leaf.patient,
    index: leaf.leaf.index,
    height: leaf.leaf.height,
    txId: origin.transaction.txId,
    bytes: leaf.bytes,
    verdict,
  });
}

async function applyEvent(leaf: NewLeaf, origin: LeafOrigin, writer: ProjectionWriter): Promise<StoredLeaf['verdict']> {
  const {event} = leaf.leaf;
  switch (event.case) {
    case 'enrolled':
      await enrolled(leaf.patient, event.value.organisation, origin, writer);
      return undefined;
    case 'keys':
      await keysPublished(leaf.patient, event.value, origin, writer);
      return undefined;
    case 'deviceRegistered':
      await deviceRegistered(leaf.patient, event.value, origin, writer);
      return undefined;
    case 'deviceRemoved':
      await deviceRemoved(event.value, origin, writer);
      return undefined;
    case 'grant':
      await grantPut(leaf.patient, event.value, origin, writer);
      return undefined;
    case 'access':
      return judgeAccess(event.value, origin.block, writer);
    case undefined:
      throw new ProjectionFault('a leaf without an event');
  }
}

async function enrolled(
  patient: Id,
  sponsor: Uint8Array,
  {transaction}: LeafOrigin,
  writer: ProjectionWriter,
): Promise<void> {
  const {message} = transaction.body;
  if (
    message.case !== 'enrolPatient' ||
    message.value.signingKey === undefined ||
    message.value.recoveryKey === undefined
  )
    throw new ProjectionFault('enrolled by another message');
  const {signingKey, encryptionKey, recoveryKey} = message.value;
  await writer.putPatient(patient, create(PatientSchema, {sponsor, signingKey, encryptionKey, recoveryKey}));
  await writer.putKey(patient, {publicKey: verifiable(signingKey), owner: ownerOf('patient', fromHex(patient))});
}

async function keysPublished(
  patient: Id,
  event: KeysEvent,
  {transaction}: LeafOrigin,
  writer: ProjectionWriter,
): Promise<void> {
  const {message} = transaction.body;
  const before = await writer.patient(patient);
  if (message.case !== 'publishKeys' || before?.signingKey === undefined)
    throw new ProjectionFault('keys of nobody, or by another message');
  await replaceSigningKey(
    {old: before.signingKey, next: message.value.newSigningKey, owner: ownerOf('patient', fromHex(patient))},
    writer,
  );
  await writer.putPatient(patient, patientWithKeys(before, message.value));
  if (event.succession !== undefined) {
    const {n} = decodeCanonical(KeySuccessionSchema, event.succession.succession);
    await writer.putSuccession({patient, n}, event.succession);
  }
  await putStatements(patient, event.epochStatements, writer);
}

async function deviceRegistered(
  owner: Id,
  event: DeviceRegisteredEvent,
  {transaction}: LeafOrigin,
  writer: ProjectionWriter,
): Promise<void> {
  const {message} = transaction.body;
  if (message.case !== 'registerDevice' || message.value.deviceKey === undefined)
    throw new ProjectionFault('a registration by another message');
  const key = message.value.deviceKey;
  const device = toHex(keyId(key));
  const {registration, typeTags, deviceClass, fromSlot} = event;
  await writer.putDevice(device, create(DeviceSchema, {key, registration, owner: fromHex(owner)}));
  await writer.putRegistration(
    device,
    registration,
    create(RegistrationSchema, {owner: fromHex(owner), typeTags, deviceClass, fromSlot}),
  );
  await writer.putKey(device, {publicKey: verifiable(key), owner: ownerOf('device', event.device)});
}

async function deviceRemoved(
  {device, registration, distrustFromSlot}: DeviceRemovedEvent,
  {block}: LeafOrigin,
  writer: ProjectionWriter,
): Promise<void> {
  const id = toHex(device);
  const [before, entry] = [await writer.device(id), await writer.registration(id, registration)];
  if (before === undefined || entry === undefined)
    throw new ProjectionFault('a device is removed that was never registered');
  // Told again of a registration that is removed already, only the slot is another; the device may be somebody else's.
  const again = entry.removedAtHeight !== 0n;
  if (!again) await writer.putDevice(id, withoutOwner(before));
  const {removedAtHeight, removedAtTime} = again
    ? entry
    : {removedAtHeight: block.height, removedAtTime: block.timeSeconds};
  await writer.putRegistration(
    id,
    registration,
    create(RegistrationSchema, {...entry, distrustFromSlot, removedAtHeight, removedAtTime}),
  );
}

async function grantPut(
  patient: Id,
  event: GrantEvent,
  {transaction, block}: LeafOrigin,
  writer: ProjectionWriter,
): Promise<void> {
  if (event.grant === undefined) throw new ProjectionFault('a grant event without its grant');
  await writer.putGrant(
    {patient, grantId: toHex(event.grantId), height: block.height, index: transaction.index},
    event.grant,
  );
  await putStatements(patient, event.epochStatements, writer);
}

async function putStatements(
  patient: Id,
  statements: readonly SignedEpochStatement[],
  writer: ProjectionWriter,
): Promise<void> {
  for (const signed of statements) {
    const {typeTag, epoch} = decodeCanonical(EpochStatementSchema, signed.statement);
    await writer.putEpochStatement({patient, typeTag: toHex(typeTag), epoch}, signed);
  }
}
