import {decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {verifyAccessLog} from '@vitalvault/sdk';
import type {AccessLogEvidence} from '@vitalvault/sdk';
import type {Cast} from './cast.js';
import type {Narrator} from './narrator.js';
import {refusalOf} from './refusal-of.js';

const STORY = 'enrolled, keys, device, refused, granted, refused, permitted, revoked, refused';

/** The patient's log: whole and proven; and four ways to lie about it. */
export async function tellLog({platform, ledger, her}: Cast, narrator: Narrator, lie: boolean): Promise<void> {
  narrator.chapter('She checks the log, and trusts nobody but the genesis');
  if (lie) platform.tamper = (path, answer) => (path.endsWith('/access-log') ? shortened(answer) : answer);
  let leaves: AccessLeaf[] = [];
  const refusal = await refusalOf(async () => {
    ({leaves} = await her.log.accessLog());
  });
  platform.tamper = (_, answer) => answer;
  for (const leaf of leaves) narrator.tell(`${String(leaf.index).padStart(2)}  ${wordOf(leaf)}`);
  narrator.holds(
    'these entries, no fewer, give the root that more than two thirds signed',
    refusal === undefined,
    refusal,
  );
  const told = leaves.map(wordOf).join(', ');
  narrator.holds('every attempt of this story is there, once, in its order', told === STORY, told);

  narrator.chapter('Lies about the log');
  const evidence = await her.log.fetchEvidence();
  const trust = {genesis: ledger.genesis, now: platform.chain.timeMs};
  const lies: [string, AccessLogEvidence, string][] = [
    ['the first refusal left out', changed(evidence, (leaves) => leaves.toSpliced(3, 1)), 'log-incomplete'],
    ['the newest entry left out', changed(evidence, (leaves) => leaves.slice(0, -1)), 'log-incomplete'],
    [
      'another reader named for it',
      changed(evidence, (leaves) => leaves.with(3, withReader(leaves[3]))),
      'log-incomplete',
    ],
    ['a header that two of four signed', underHeader(evidence, platform.chain.signedHeader(2)), 'untrusted-header'],
  ];
  for (const [what, told, expected] of lies) {
    const found = await refusalOf(() => verifyAccessLog(told, trust));
    narrator.holds(`${what}: caught, ${found}`, found === expected, found);
  }
}

function wordOf({event}: AccessLeaf): string {
  if (event.case === 'access') return event.value.decision?.permit === true ? 'permitted' : 'refused';
  if (event.case === 'grant') return event.value.grant?.revoked === true ? 'revoked' : 'granted';
  return event.case === 'deviceRegistered' ? 'device' : (event.case ?? 'unknown');
}

type Leaves = Uint8Array[];
type Page = AccessLogEvidence['pages'][number];

/** A proof whose log was changed by somebody who serves it. */
function withLeaves(proof: string, change: (leaves: Leaves) => Leaves): string {
  const response = decodeCanonical(ProofResponseSchema, fromHex(proof));
  for (const log of response.logs) log.leaves = change(log.leaves);
  return toHex(encodeCanonical(ProofResponseSchema, response));
}

function changed(evidence: AccessLogEvidence, change: (leaves: Leaves) => Leaves): AccessLogEvidence {
  return {...evidence, pages: evidence.pages.map((page) => ({...page, proof: withLeaves(page.proof, change)}))};
}

function underHeader(evidence: AccessLogEvidence, signedHeader: object): AccessLogEvidence {
  return {...evidence, pages: evidence.pages.map((page) => ({...page, signedHeader}))};
}

function shortened<Answer extends {json?: unknown}>(answer: Answer): Answer {
  const page = answer.json as Page;
  return {...answer, json: {...page, proof: withLeaves(page.proof, (leaves) => leaves.toSpliced(3, 1))}};
}

/** The entry of an access as somebody else's, well formed in every other way. */
function withReader(leaf: Uint8Array = new Uint8Array()): Uint8Array {
  const told = decodeCanonical(AccessLeafSchema, leaf);
  if (told.event.case === 'access') told.event.value.reader = told.event.value.reader.map((byte) => byte ^ 1);
  return encodeCanonical(AccessLeafSchema, told);
}
