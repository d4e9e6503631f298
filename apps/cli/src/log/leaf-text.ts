import {PURPOSE, toHex} from '@vitalvault/contracts';
import type {AccessEvent, AccessLeaf, GrantEvent, KeysEvent} from '@vitalvault/contracts/gen/ledger/v1/state';
import {slotText} from '../arguments/slots.js';

const purposeNames = new Map<number, string>(Object.entries(PURPOSE).map(([name, code]) => [code, name]));

/** An entry of an access log as a row: number, height, time, what, details. */
export function leafRow(leaf: AccessLeaf): string[] {
  return [
    String(leaf.index),
    String(leaf.height),
    new Date(Number(leaf.blockTime) * 1000).toISOString().slice(0, 19),
    ...eventText(leaf),
  ];
}

/** An entry as JSON fields. */
export function leafJson(leaf: AccessLeaf): Record<string, unknown> {
  const [kind, details] = eventText(leaf);
  return {
    index: leaf.index,
    height: leaf.height,
    blockTime: leaf.blockTime,
    txId: leaf.txId,
    event: leaf.event.case,
    kind,
    details,
  };
}

function eventText({event}: AccessLeaf): [string, string] {
  switch (event.case) {
    case 'enrolled':
      return ['enrolled', `by ${short(event.value.organisation)}`];
    case 'keys':
      return ['keys', keysText(event.value)];
    case 'deviceRegistered':
      return ['device', `${short(event.value.device)} registered (${event.value.registration})`];
    case 'deviceRemoved':
      return ['device', `${short(event.value.device)} removed`];
    case 'grant':
      return grantText(event.value);
    case 'access':
      return accessText(event.value);
    case undefined:
      return ['unknown', ''];
  }
}

function keysText({signingKeyId, epochStatements, succession}: KeysEvent): string {
  const epochs = epochStatements.length === 0 ? [] : [`${epochStatements.length} epoch(s)`];
  const parts = succession === undefined ? epochs : [`new signing key ${short(signingKeyId)}`, ...epochs];
  return parts.length === 0 ? 'changed' : parts.join(', ');
}

function grantText({grantId, grant}: GrantEvent): [string, string] {
  return [
    'grant',
    `${short(grantId)} ${grant === undefined || grant.revoked ? 'revoked' : `to ${short(grant.grantee)}`}`,
  ];
}

function accessText({reader, request, decision}: AccessEvent): [string, string] {
  const hours =
    request === undefined
      ? ''
      : `${slotText(request.slotFrom)} to ${slotText(request.slotTo)} ${purposeNames.get(request.purpose) ?? ''}`;
  return [decision?.permit === true ? 'permitted' : 'refused', `${short(reader)} ${hours}`];
}

/** First digits of an id: enough to tell apart what a page shows. */
function short(bytes: Uint8Array): string {
  return toHex(bytes).slice(0, 10);
}
