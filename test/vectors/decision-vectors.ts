const id = (byte: string): string => byte.repeat(20);
const tag = (byte: string): string => byte.repeat(16);
const PATIENT = id('01');
const CLINICIAN = id('02');
const HOSPITAL = id('03');
const OTHER = id('04');
const EVERY_TYPE = tag('00');

const GRANT = {
  revoked: false,
  grantee: CLINICIAN,
  typeTags: [tag('aa'), tag('bb')],
  actions: [1],
  purposes: [1, 2],
  accessFromSlot: 100,
  accessToSlot: 200,
  dataFromSlot: 50,
  dataToSlot: 150,
  maxReads: 3,
};
const REQUEST = {typeTag: tag('aa'), slotFrom: 60, slotTo: 61, purpose: 1, action: 1};
const MEMBER = {id: CLINICIAN, member: {organisation: HOSPITAL, suspended: false}};
const SUSPENDED = {id: CLINICIAN, member: {organisation: HOSPITAL, suspended: true}};
const NO_TERMS = {
  typeTags: [],
  actions: [],
  purposes: [],
  accessFromSlot: 0,
  accessToSlot: 0,
  dataFromSlot: 0,
  dataToSlot: 0,
  maxReads: 0,
};

/** What is otherwise than in the first case. */
interface Change {
  reader?: {id: string; member?: {organisation: string; suspended: boolean}};
  grant?: Partial<typeof GRANT> | null;
  readsUsed?: number;
  blockSlot?: number;
  request?: Partial<typeof REQUEST>;
}

/** The verdicts are written by hand: "permit", or the number of the rule that refuses. */
const CASES: readonly [name: string, expect: 'permit' | number, change: Change][] = [
  ['a grant that covers everything asked', 'permit', {}],
  ['the patient reads her own data without a grant', 'permit', {reader: {id: PATIENT}, grant: null}],
  [
    'the patient reads her own data though a grant is revoked',
    'permit',
    {reader: {id: PATIENT}, grant: {revoked: true}},
  ],
  ['a stranger who is no member', 1, {reader: {id: OTHER}}],
  ['another patient, even when the grant names her id', 1, {reader: {id: OTHER}, grant: {grantee: OTHER}}],
  ['a suspended member', 1, {reader: SUSPENDED}],
  ['no grant', 2, {grant: null}],
  ['a grant for another member', 3, {grant: {grantee: OTHER}}],
  ['a grant for another organisation', 3, {grant: {grantee: OTHER}}],
  ['a grant for her organisation', 'permit', {grant: {grantee: HOSPITAL}}],
  ['revoked', 4, {grant: {revoked: true}}],
  ["somebody else's revoked grant is refused as not hers", 3, {grant: {revoked: true, grantee: OTHER}}],
  ['revoked, which is without any term, is refused as revoked', 4, {grant: {revoked: true, ...NO_TERMS}}],
  ['the slot before the access period', 5, {blockSlot: 99}],
  ['the first slot of the access period', 'permit', {blockSlot: 100}],
  ['the last slot of the access period', 'permit', {blockSlot: 200}],
  ['the slot after the access period', 5, {blockSlot: 201}],
  ['a type that is not granted', 6, {request: {typeTag: tag('cc')}}],
  ['a type she cannot name, under a grant of some types', 6, {request: {typeTag: EVERY_TYPE}}],
  [
    'a type she cannot name, under a grant of every type',
    'permit',
    {grant: {typeTags: [EVERY_TYPE]}, request: {typeTag: EVERY_TYPE}},
  ],
  ['any type under a grant of every type', 'permit', {grant: {typeTags: [EVERY_TYPE]}, request: {typeTag: tag('cc')}}],
  ['the second tag of the grant', 'permit', {request: {typeTag: tag('bb')}}],
  [
    'the zero tag among others grants nothing more',
    6,
    {grant: {typeTags: [EVERY_TYPE, tag('aa')]}, request: {typeTag: tag('cc')}},
  ],
  ['the whole data period', 'permit', {request: {slotFrom: 50, slotTo: 150}}],
  ['one hour before the data period', 7, {request: {slotFrom: 49, slotTo: 60}}],
  ['one hour after the data period', 7, {request: {slotTo: 151}}],
  ['hours around the data period', 7, {request: {slotFrom: 0, slotTo: 1_000}}],
  ['another purpose', 8, {request: {purpose: 3}}],
  ['the second purpose of the grant', 'permit', {request: {purpose: 2}}],
  ['the last read', 'permit', {readsUsed: 2}],
  ['the reads used up', 9, {readsUsed: 3}],
  ['fewer reads allowed by a later version than were used', 9, {readsUsed: 5}],
  ['no limit of reads', 'permit', {grant: {maxReads: 0}, readsUsed: 1_000_000}],
  ['another action', 10, {request: {action: 2}}],
  [
    'everything wrong inside the grant: the first rule tells',
    5,
    {readsUsed: 9, blockSlot: 1, request: {typeTag: tag('cc'), slotFrom: 0, slotTo: 999, purpose: 8, action: 2}},
  ],
];

/** The whole of test/vectors/ledger-decisions.json. */
export function decisionVectors() {
  return {
    source: 'docs/protocol.md §6; `expect` is "permit" or the number of the rule that refuses; written by hand',
    patient: PATIENT,
    cases: CASES.map(([name, expect, {reader = MEMBER, grant = {}, readsUsed = 0, blockSlot = 120, request}]) => ({
      name,
      expect,
      reader,
      grant: grant === null ? null : {...GRANT, ...grant},
      readsUsed,
      blockSlot,
      request: {...REQUEST, ...request},
    })),
  };
}
