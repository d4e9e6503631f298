import {create} from '@bufbuild/protobuf';
import {keyId, toHex} from '@vitalvault/contracts';
import {MemberSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Body, PublishKeys, RegisterMember} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {memberWithKeys, ownerOf, verifiable} from '../domain/identity-keys.js';
import {ProjectionFault} from '../domain/projection-fault.js';
import type {ProjectionWriter} from './ports.js';
import {replaceSigningKey} from './replace-signing-key.js';

/**
 * Effects of an executed transaction that concerns no patient's rights: members. Anchored records are storage's to
 * follow.
 */
export async function applyMemberMessage({message}: Body, writer: ProjectionWriter): Promise<void> {
  switch (message.case) {
    case 'registerMember':
      return registered(message.value, writer);
    case 'suspendMember':
      return suspended(message.value.member, writer);
    case 'publishKeys':
      return keysPublished(message.value, writer);
    case 'anchorRecords':
      return undefined;
    case 'enrolPatient':
    case 'registerDevice':
    case 'removeDevice':
    case 'putGrant':
    case 'requestAccess':
    case undefined:
      throw new ProjectionFault(`${message.case ?? 'a transaction without a message'} was executed and wrote no leaf`);
  }
}

async function registered(
  {signingKey, organisation, encryptionKey, role, profileHash}: RegisterMember,
  writer: ProjectionWriter,
): Promise<void> {
  if (signingKey === undefined) throw new ProjectionFault('a member without a key');
  const id = keyId(signingKey);
  await writer.putMember(toHex(id), create(MemberSchema, {organisation, signingKey, encryptionKey, role, profileHash}));
  await writer.putKey(toHex(id), {publicKey: verifiable(signingKey), owner: ownerOf('member', id)});
}

async function suspended(id: Uint8Array, writer: ProjectionWriter): Promise<void> {
  const member = await writer.member(toHex(id));
  if (member === undefined) throw new ProjectionFault('a member is suspended who was never registered');
  await writer.putMember(toHex(id), create(MemberSchema, {...member, suspended: true}));
}

async function keysPublished(published: PublishKeys, writer: ProjectionWriter): Promise<void> {
  const id = toHex(published.identity);
  const member = await writer.member(id);
  if (member?.signingKey === undefined)
    throw new ProjectionFault('keys of an identity that is neither a member nor got a leaf');
  await replaceSigningKey(
    {old: member.signingKey, next: published.newSigningKey, owner: ownerOf('member', published.identity)},
    writer,
  );
  await writer.putMember(id, memberWithKeys(member, published));
}
