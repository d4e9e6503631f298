import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {fromHex} from '@vitalvault/contracts';
import type {AccessFacts, AccessRequest, GrantTerms} from './access-question.js';
import {decideAccess} from './decide-access.js';
import type {RefusingRule} from './decide-access.js';
import {explain} from './explain.js';

interface Case {
  name: string;
  expect: 'permit' | RefusingRule;
  reader: {id: string; member?: {organisation: string; suspended: boolean}};
  grant: (Omit<GrantTerms, 'grantee' | 'typeTags'> & {grantee: string; typeTags: string[]}) | null;
  readsUsed: number;
  blockSlot: number;
  request: Omit<AccessRequest, 'patient' | 'typeTag'> & {typeTag: string};
}
const file = JSON.parse(
  readFileSync(new URL('../../../test/vectors/ledger-decisions.json', import.meta.url), 'utf8'),
) as {patient: string; cases: Case[]};

describe('table of cases (test/vectors/ledger-decisions.json)', () => {
  test.each(file.cases)('$name: $expect', ({expect: wanted, reader, grant, readsUsed, blockSlot, request}) => {
    const decision = decideAccess(
      {...request, patient: fromHex(file.patient), typeTag: fromHex(request.typeTag)},
      {
        reader: {
          id: fromHex(reader.id),
          ...(reader.member && {member: {...reader.member, organisation: fromHex(reader.member.organisation)}}),
        },
        grant:
          grant === null
            ? undefined
            : {...grant, grantee: fromHex(grant.grantee), typeTags: grant.typeTags.map(fromHex)},
        readsUsed: BigInt(readsUsed),
        blockSlot,
      },
    );
    expect(decision.permit ? 'permit' : decision.rule).toBe(wanted);
    expect(explain(decision)).toMatchObject({permit: wanted === 'permit', rule: wanted === 'permit' ? 0 : wanted});
  });

  test('every rule refuses in some case', () => {
    expect(new Set(file.cases.map((c) => c.expect))).toEqual(new Set(['permit', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
  });
});

const id = fc.constantFrom(1, 2, 3, 4).map((byte) => new Uint8Array(20).fill(byte));
const tag = fc.constantFrom(0, 1, 2).map((byte) => new Uint8Array(16).fill(byte));
const slot = fc.integer({min: 0, max: 5});
const small = fc.integer({min: 0, max: 3});
const grantTerms: fc.Arbitrary<GrantTerms> = fc.record({
  revoked: fc.boolean(),
  grantee: id,
  typeTags: fc.array(tag, {maxLength: 3}),
  actions: fc.array(small, {maxLength: 2}),
  purposes: fc.array(small, {maxLength: 3}),
  accessFromSlot: slot,
  accessToSlot: slot,
  dataFromSlot: slot,
  dataToSlot: slot,
  maxReads: small,
});
// Bounds that cross are refused by the ledger before it decides.
const accessRequest: fc.Arbitrary<AccessRequest> = fc
  .record({patient: id, typeTag: tag, slotFrom: slot, slotTo: slot, purpose: small, action: small})
  .filter(({slotFrom, slotTo}) => slotFrom <= slotTo);
const accessFacts: fc.Arbitrary<AccessFacts> = fc.record({
  reader: fc
    .record({id, member: fc.option(fc.record({organisation: id, suspended: fc.boolean()}), {nil: undefined})})
    .map(({id: who, member}) => (member ? {id: who, member} : {id: who})),
  grant: fc.option(grantTerms, {nil: undefined}),
  readsUsed: fc.bigInt({min: 0n, max: 4n}),
  blockSlot: slot,
});

/** A grant that nobody has: every rule about a grant fails under it. */
const NO_GRANT: GrantTerms = {
  revoked: true,
  grantee: new Uint8Array(20),
  typeTags: [],
  actions: [],
  purposes: [],
  accessFromSlot: 1,
  accessToSlot: 0,
  dataFromSlot: 1,
  dataToSlot: 0,
  maxReads: -1,
};
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const range = (from: number, to: number): Set<number> =>
  new Set(Array.from({length: Math.max(0, to - from + 1)}, (_, i) => from + i));

/**
 * All rules at once as a table of truths over sets, strings and ranges spelt out; the decision is the first false one.
 */
function model(request: AccessRequest, {reader, grant, readsUsed, blockSlot}: AccessFacts): number | 'permit' {
  if (text(reader.id) === text(request.patient)) return 'permit';
  const terms = grant ?? NO_GRANT;
  const tags = new Set(terms.typeTags.map(text));
  const everyTag = terms.typeTags.length === 1 && tags.has('00'.repeat(16));
  const grantees = new Set([text(reader.id), reader.member && text(reader.member.organisation)]);
  const data = range(terms.dataFromSlot, terms.dataToSlot);
  const truths: boolean[] = [
    reader.member?.suspended === false,
    grant !== undefined,
    grantees.has(text(terms.grantee)),
    !terms.revoked,
    range(terms.accessFromSlot, terms.accessToSlot).has(blockSlot),
    everyTag || tags.has(text(request.typeTag)),
    [...range(request.slotFrom, request.slotTo)].every((one) => data.has(one)),
    new Set(terms.purposes).has(request.purpose),
    terms.maxReads === 0 || Number(readsUsed) < terms.maxReads,
    new Set(terms.actions).has(request.action),
  ];
  const refusing = truths.indexOf(false);
  return refusing < 0 ? 'permit' : refusing + 1;
}

test('the decision is that of an independent model', () => {
  fc.assert(
    fc.property(accessRequest, accessFacts, (request, facts) => {
      const decision = decideAccess(request, facts);
      expect(decision.permit ? 'permit' : decision.rule).toBe(model(request, facts));
    }),
    {numRuns: 5_000},
  );
});

test('nobody but the patient is permitted without a live grant, and only such a permit uses a read up', () => {
  fc.assert(
    fc.property(accessRequest, accessFacts, (request, facts) => {
      const decision = decideAccess(request, {...facts, grant: facts.grant && {...facts.grant, revoked: true}});
      const herself = Buffer.compare(request.patient, facts.reader.id) === 0;
      expect(decision.permit).toBe(herself);
      if (decision.permit) expect(decision.byGrant).toBe(false);
    }),
    {numRuns: 1_000},
  );
});
