import type {Fields} from './complete.js';
import type {PutGrant} from './gen/vitalvault/ledger/v1/tx_pb.js';

type Terms = Omit<Fields<PutGrant>, 'patient' | 'grantId' | 'version' | 'epochStatements'>;

const NONE = new Uint8Array(0);

/** The terms of a PutGrant that revokes for good: every one is absent. */
export const NO_TERMS = {
  grantee: NONE,
  typeTags: [],
  actions: [],
  purposes: [],
  accessFromSlot: 0,
  accessToSlot: 0,
  dataFromSlot: 0,
  dataToSlot: 0,
} as const satisfies Terms;
