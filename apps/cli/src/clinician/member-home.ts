import {Clinician} from '@vitalvault/sdk';
import type {AccessTicket, MemberKeys} from '@vitalvault/sdk';
import {CliError} from '../cli-error.js';
import type {Session} from '../session.js';

/** Secrets of a member's home: her keys, and the one-time keys of what she asked for. */
export interface MemberSecrets {
  keys: MemberKeys;
  tickets: AccessTicket[];
  /** Tags that a grant told her, by patient and name of the type: she still knows them when it is revoked. */
  tags: Record<string, string>;
}

export interface OpenedMember {
  secrets: MemberSecrets;
  clinician: Clinician;
}

export async function openMember(session: Session): Promise<OpenedMember> {
  const secrets = await session.home.secrets<MemberSecrets>('member');
  return {
    secrets,
    clinician: new Clinician({keys: secrets.keys, ledger: session.ledger, nonces: session.home.nonces()}),
  };
}

/** Keeps a permit with its one-time key, and the tag of the type if it was new to her. */
export async function keepTicket(session: Session, secrets: MemberSecrets, ticket: AccessTicket): Promise<void> {
  const tags =
    ticket.typeName === undefined
      ? secrets.tags
      : {...secrets.tags, [tagName(ticket.patient, ticket.typeName)]: ticket.typeTag};
  await session.home.writeSecrets({
    ...secrets,
    tags,
    tickets: ticket.permit ? [...secrets.tickets, ticket] : secrets.tickets,
  } satisfies MemberSecrets);
}

/** The tag of a patient's type, if a grant ever told her. */
export function knownTag({tags}: MemberSecrets, patient: string, typeName: string | undefined): string | undefined {
  return typeName === undefined ? undefined : tags[tagName(patient, typeName)];
}

const tagName = (patient: string, typeName: string): string => `${patient}/${typeName}`;

/** @throws CliError `request-unknown` */
export function ticketOf(secrets: MemberSecrets, txId: string): AccessTicket {
  const ticket = secrets.tickets.find((kept) => kept.txId === txId);
  if (ticket === undefined)
    throw new CliError('request-unknown', `${txId} is no request of hers.`, {
      remedy: 'Ask first with `vv clinician request`; it prints the transaction id.',
    });
  return ticket;
}
