import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';

const MAX_TEXT = 300;

/**
 * What the patient reads. The same whoever tells of the event, and without anything that identifies a person or says
 * what was measured.
 */
const TEXTS: Readonly<Record<AlertKind, string>> = {
  [AlertKind.UNSPECIFIED]: '',
  [AlertKind.ACCESS_REFUSED]: 'Somebody asked to read your data and was refused.',
  [AlertKind.ACCESS_PERMITTED]: 'Somebody was permitted to read your data.',
  [AlertKind.KEYS_RELEASED]: 'Keys to data of yours were given out, as you had permitted.',
  [AlertKind.STORAGE_CORRUPT]: 'A stored copy of your data was found changed and was not used.',
  [AlertKind.STORAGE_FAILED]: 'Data of yours could not be stored on enough machines yet.',
  [AlertKind.RECORD_REFUSED]: 'The ledger refused a record of one of your devices.',
  [AlertKind.READER_COMPLAINT]: 'A reader reports that data she was given does not fit together.',
  [AlertKind.RIGHTS_CHANGED]: 'Your keys, devices or grants were changed.',
};

/** What a rights change was, by the event in the access log. */
const CHANGES: Readonly<Record<string, string>> = {
  keys: 'Your keys were changed.',
  deviceRegistered: 'A device was registered to you.',
  deviceRemoved: 'A device of yours was removed.',
  grant: 'A grant of yours was put or revoked.',
};

/** Text of an alert: what the sender says, where it says anything. */
export function textOf(kind: AlertKind, said: string): string {
  // Identities and ids that a sender might have written are not for the text; a zero character no database takes.
  const isText = said !== '' && said.length <= MAX_TEXT && !said.includes('\0');
  return isText && !/[0-9a-f]{32}/i.test(said) ? said : TEXTS[kind];
}

export function textOfChange(event: string): string {
  return CHANGES[event] ?? TEXTS[AlertKind.RIGHTS_CHANGED];
}
