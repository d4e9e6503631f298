import {Clinician} from '@vitalvault/sdk';
import type {AccessTicket, MemberKeys} from '@vitalvault/sdk';
import {CliError} from '../cli-error.js';
import type {Session} from '../session.js';

/** Secrets of a member's home: her keys, and the one-time keys of what she asked for. */
export interface MemberSecrets {
  keys: MemberKeys;
  tickets: AccessTicket[];
}

export interface OpenedMember {
  secrets: MemberSecrets;
  clinician: Clinician;
}

export async function openMember(session: Session): Promise<OpenedMember> {
  const secrets = await session.home.secrets<MemberSecrets>('member');
  return {secrets, clinician: new Clinician({keys: secrets.keys, ledger: session.ledger, nonces: session.home.nonces()})};
}

export async function keepTicket(session: Session, secrets: MemberSecrets, ticket: AccessTicket): Promise<void> {
  await session.home.writeSecrets({...secrets, tickets: [...secrets.tickets, ticket]} satisfies MemberSecrets);
}

/** @throws CliError `request-unknown` */
export function ticketOf(secrets: MemberSecrets, txId: string): AccessTicket {
  const ticket = secrets.tickets.find((kept) => kept.txId === txId);
  if (ticket === undefined) throw new CliError('request-unknown', `${txId} is no request of hers.`, {remedy: 'Ask first with `vv clinician request`; it prints the transaction id.'});
  return ticket;
}
