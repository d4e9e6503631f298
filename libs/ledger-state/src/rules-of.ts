import {ANCHOR_RECORDS} from './tx/anchor-records.js';
import {ENROL_PATIENT} from './tx/enrol-patient.js';
import {PUBLISH_KEYS} from './tx/publish-keys.js';
import {PUT_GRANT} from './tx/put-grant.js';
import {REGISTER_DEVICE} from './tx/register-device.js';
import {REGISTER_MEMBER} from './tx/register-member.js';
import {REMOVE_DEVICE} from './tx/remove-device.js';
import {REQUEST_ACCESS} from './tx/request-access.js';
import {SUSPEND_MEMBER} from './tx/suspend-member.js';
import type {MessageCase, MessageOf, MessageRules} from './message-rules.js';

const RULES: {readonly [C in MessageCase]: MessageRules<MessageOf<C>>} = {
  enrolPatient: ENROL_PATIENT,
  publishKeys: PUBLISH_KEYS,
  registerDevice: REGISTER_DEVICE,
  removeDevice: REMOVE_DEVICE,
  registerMember: REGISTER_MEMBER,
  suspendMember: SUSPEND_MEMBER,
  putGrant: PUT_GRANT,
  anchorRecords: ANCHOR_RECORDS,
  requestAccess: REQUEST_ACCESS,
};

/** The rules of a kind of message; they must be given messages of that kind only. */
export function rulesOf(kind: MessageCase): MessageRules<MessageOf<MessageCase>> {
  return RULES[kind] as unknown as MessageRules<MessageOf<MessageCase>>;
}
