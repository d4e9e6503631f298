import {Clinician, SdkError} from '@vitalvault/sdk';
import type {AccessTicket, MemberKeys, SentRequest} from '@vitalvault/sdk';
import {CliError} from '../cli-error.js';
import type {Session} from '../session.js';

/** Secrets of a member's home: her keys, and the one-time keys of what she asked for. */
export interface MemberSecrets {
  keys: MemberKeys;
  tickets: AccessTicket[];
  /** What she asked for and got no answer to. */
  sent: SentRequest[];
  /** Tags that a grant told her, by patient and name of the type: she still knows them when it is revoked. */
  tags: Record<string, string>;
}

export interface OpenedMember {
  secrets: MemberSecrets;
  clinician: Clinician;
}

/** @param intent `look`: nothing of hers is going to change; else others who change something wait until this ends. */
export async function openMember(session: Session, intent: 'look' | 'change'): Promise<OpenedMember> {
  if (intent === 'change') await session.home.claim();
  const secrets = await session.home.secrets<MemberSecrets>('member');
  if (secrets.keys.replacement !== undefined) throw new SdkError('replacement-pending');
  return {
    secrets,
    clinician: new Clinician({keys: secrets.keys, ledger: session.ledger, nonces: session.home.nonces()}),
  };
}

/** Keeps a request, with its one-time key, before it is sent. */
export async function keepRequest(session: Session, secrets: MemberSecrets, sent: SentRequest): Promise<void> {
  secrets.sent = [...secrets.sent, sent];
  await session.home.writeSecrets(secrets);
}

/** Keeps a permit with its one-time key, and the tag of the type if it was new to her. */
export async function keepTicket(session: Session, secrets: MemberSecrets, ticket: AccessTicket): Promise<void> {
  secrets.sent = secrets.sent.filter(({txId}) => txId !== ticket.txId);
  if (ticket.permit) secrets.tickets = [...secrets.tickets, ticket];
  if (ticket.typeName !== undefined)
    secrets.tags = {...secrets.tags, [tagName(ticket.patient, ticket.typeName)]: ticket.typeTag};
  await session.home.writeSecrets(secrets);
}

/** Learns what became of requests whose answer was lost. @returns how many are not decided yet */
export async function settleRequests(session: Session, {secrets, clinician}: OpenedMember): Promise<number> {
  for (const sent of secrets.sent) {
    const settled = await clinician.settleRequest(sent);
    if (settled === undefined) continue;
    if (settled !== 'expired') await keepTicket(session, secrets, settled);
    secrets.sent = secrets.sent.filter((one) => one !== sent);
    await session.home.writeSecrets(secrets);
  }
  return secrets.sent.length;
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
      remedy: 'Ask first with `vv clinician request`; `vv clinician requests` lists what may be fetched.',
    });
  return ticket;
}
