import fc from 'fast-check';
import {CheckTxType, ProposalStatus} from '@vitalvault/abci';
import type {
  RequestCheckTx,
  RequestInfo,
  RequestInitChain,
  RequestPrepareProposal,
  RequestProcessProposal,
  RequestQuery,
} from '@vitalvault/abci';
import {CODE, decodeCanonical, encodeCanonical, LIMITS, STATE_KIND, toHex} from '@vitalvault/contracts';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {verifyProofs} from '@vitalvault/proofs';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {
  anchorRecords,
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  PEOPLE,
  putGrant,
  recordEntry,
  registerMember,
  requestAccess,
  revokeGrant,
  TEST_CHAIN,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {blockRequest, initChainRequest, openLedger, scratchDir} from '../test/scratch-ledger.js';
import type {RunningLedger} from '../test/scratch-ledger.js';

const {patient, recovery, clinician, device, stranger} = PEOPLE;
const hospital = testOrganisation('hospital');

let dir: ReturnType<typeof scratchDir>;
let node: RunningLedger;
let maker: TestLedger;
beforeEach(async () => {
  dir = scratchDir();
  node = await openLedger(dir.path);
  maker = new TestLedger();
});
afterEach(async () => {
  await node.close();
  dir.remove();
});

const enrol = (): Uint8Array => maker.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);
const register = (): Uint8Array => maker.tx(registerMember(hospital, clinician), [hospital.sponsor, clinician]);
async function check(tx: Uint8Array, type = CheckTxType.NEW): Promise<number> {
  return (await node.application.checkTx({tx, type} as RequestCheckTx)).code ?? 0;
}
async function prepare(txs: Uint8Array[], maxTxBytes = 4_194_304n): Promise<Uint8Array[]> {
  return (await node.application.prepareProposal({txs, maxTxBytes} as RequestPrepareProposal)).txs as Uint8Array[];
}
async function accepts(txs: Uint8Array[]): Promise<boolean> {
  return (await node.application.processProposal({txs} as RequestProcessProposal)).status === ProposalStatus.ACCEPT;
}
const ask = (request: MessageInitShape<typeof ProofRequestSchema>, more: Partial<RequestQuery> = {}) =>
  node.application.query({
    path: '/proofs',
    data: encodeCanonical(ProofRequestSchema, request),
    height: 0n,
    ...more,
  } as RequestQuery);
async function proofs(request: MessageInitShape<typeof ProofRequestSchema>): Promise<ProofResponse> {
  const answer = await ask(request);
  expect(answer.code).toBe(0);
  return decodeCanonical(ProofResponseSchema, answer.value as Uint8Array);
}
const patientKey = {kind: STATE_KIND.patient, parts: [patient.id]};
const logKey = {kind: STATE_KIND.accessLog, parts: [patient.id]};

describe('InitChain and Info', () => {
  test('the same again until a block is durable; then never', async () => {
    const first = await node.application.initChain(initChainRequest());
    expect(await node.application.initChain(initChainRequest())).toEqual(first);
    expect(toHex(first.appHash as Uint8Array)).toBe(toHex(new TestLedger().appHash));
    expect(first.validators).toHaveLength(2);
    expect(await node.application.info({version: '0.38'} as RequestInfo)).toMatchObject({
      lastBlockHeight: 0n,
      lastBlockAppHash: new Uint8Array(0),
      appVersion: 1n,
    });
    const other = await node.application.initChain(initChainRequest(testGenesis(['hospital'])));
    expect(other.appHash).not.toEqual(first.appHash);
    await node.application.initChain(initChainRequest());
    const appHash = await node.block([]);
    expect(await node.application.info({version: '0.38'} as RequestInfo)).toMatchObject({
      lastBlockHeight: 1n,
      lastBlockAppHash: appHash,
    });
    expect(() => node.application.initChain(initChainRequest())).toThrow('belongs to a chain that has begun');
  });

  test.each([
    ['no JSON', Buffer.from('x')],
    ['no string', Buffer.from('{}')],
    ['no base64', Buffer.from('"a b"')],
    ['not canonical', Buffer.from('"AAAA"')],
  ])('a genesis that is %s stops the process', (_name, appStateBytes) => {
    expect(() => node.application.initChain({...initChainRequest(), appStateBytes})).toThrow('genesis refused');
  });

  test('validators beside app_state stop it too', () => {
    expect(() => node.application.initChain({...initChainRequest(), validators: [{}] as never})).toThrow(
      'belong into app_state',
    );
  });

  test.each([
    ['-1', -1n],
    ['104857600', 104_857_600n],
    ['37748735', 37_748_735n],
  ])('so does a block.max_bytes of %s, by name', (shown, maxBytes) => {
    const consensusParams = {block: {maxBytes, maxGas: -1n}} as RequestInitChain['consensusParams'];
    expect(() => node.application.initChain({...initChainRequest(), consensusParams} as RequestInitChain)).toThrow(
      `block.max_bytes is ${shown} and must be 37748736`,
    );
  });
});

describe('FinalizeBlock and Commit', () => {
  test('the app hash is that of the ledger in memory; codes and codespaces are the results', async () => {
    const [one, two] = [enrol(), maker.tx(revokeGrant(stranger.id), [stranger])];
    const {results} = maker.commit([one, two, Uint8Array.of(7)]);
    const answer = await node.application.finalizeBlock(blockRequest(1n, [one, two, Uint8Array.of(7)]));
    expect(answer.txResults).toEqual(
      results.map(({code, data}) => ({code, data, codespace: {0: '', 2: 'tx', 22: 'common'}[code]})),
    );
    expect(toHex(answer.appHash as Uint8Array)).toBe(toHex(maker.appHash));
  });

  test('called again for the same height it gives the same, and another block can take its place', async () => {
    const tx = enrol();
    const first = await node.application.finalizeBlock(blockRequest(1n, [tx]));
    expect(await node.application.finalizeBlock(blockRequest(1n, [tx]))).toEqual(first);
    const empty = await node.application.finalizeBlock(blockRequest(1n, []));
    expect(empty.appHash).not.toEqual(first.appHash);
    await node.application.commit({} as never);
    expect(node.ledger.tip?.appHash).toEqual(empty.appHash);
    await node.block([tx]);
    expect(node.codes()).toEqual([0]);
  });

  test('another height than the next one stops the process', () => {
    expect(() => node.application.finalizeBlock(blockRequest(2n, []))).toThrow('the next one is 1');
    expect(() => node.application.commit({} as never)).toThrow('Commit without FinalizeBlock');
  });

  test('a replay is refused, also by the application that starts again', async () => {
    const [first, grant] = [enrol(), maker.tx(revokeGrant(patient.id), [patient])];
    await node.block([first]);
    await node.block([grant, grant]);
    expect(node.codes()).toEqual([0, CODE.nonceUsed]);
    await node.close();
    node = await openLedger(dir.path);
    expect(await check(grant)).toBe(CODE.nonceUsed);
    const before = toHex(node.ledger.tip?.appHash ?? new Uint8Array());
    expect(toHex(await node.block([grant, first]))).toBe(before);
    expect(node.codes()).toEqual([CODE.nonceUsed, CODE.nonceUsed]);
  });

  test('killed after FinalizeBlock, before Commit: the block comes again and gives the same', async () => {
    const txs = [enrol(), register()];
    const lost = await node.application.finalizeBlock(blockRequest(1n, txs));
    await node.close();
    node = await openLedger(dir.path);
    expect(node.recovered.tip).toBeUndefined();
    expect(await node.block(txs)).toEqual(lost.appHash);
  });
});

describe('Query', () => {
  test('serves the last committed height while the next block waits for its Commit', async () => {
    const first = await node.block([enrol()]);
    const {appHash} = await node.application.finalizeBlock(
      blockRequest(2n, [maker.tx(revokeGrant(patient.id), [patient])]),
    );
    const log = {kind: STATE_KIND.accessLog, patient: patient.id, limit: 10};
    const before = await proofs({keys: [patientKey, logKey], logs: [log]});
    expect(before.height).toBe(1n);
    const proven = verifyProofs(before, first);
    expect(proven.ok && proven.logs[0]).toMatchObject({head: {size: 1n}, indexes: [0n]});
    await node.application.commit({} as never);
    const after = await proofs({keys: [patientKey, logKey], logs: [log]});
    expect(after.height).toBe(2n);
    expect(verifyProofs(after, first).ok).toBe(false);
    const provenAfter = verifyProofs(after, appHash as Uint8Array);
    expect(provenAfter.ok && provenAfter.logs[0]).toMatchObject({head: {size: 2n}, indexes: [0n, 1n]});
  });

  test('pages, single leaves, an older head, absence; the heads come without being asked for', async () => {
    const first = [enrol()];
    await node.block(first);
    const second = [1, 2, 3, 4].map(() => maker.tx(revokeGrant(patient.id), [patient]));
    const appHash = await node.block(second);
    maker.commit(first);
    const older = maker.state.logTree(STATE_KIND.accessLog, patient.id)?.root() ?? new Uint8Array();
    maker.commit(second);
    const log = {kind: STATE_KIND.accessLog, patient: patient.id};
    const truth = maker.state.leaves(STATE_KIND.accessLog, patient.id);
    const given = async (question: object) => {
      const proven = verifyProofs(await proofs({logs: [{...log, ...question}]}), appHash);
      if (!proven.ok) throw new Error(proven.fault);
      expect(proven.logs[0]?.head.size).toBe(5n);
      return proven.logs[0];
    };
    expect(await given({from: 1n, limit: 2})).toMatchObject({leaves: truth.slice(1, 3), next: 3n});
    expect(await given({indexes: [0n, 4n, 5n]})).toMatchObject({leaves: [truth[0], truth[4]], next: undefined});
    expect(await given({from: 2n ** 64n - 1n, limit: 5})).toMatchObject({leaves: [], next: undefined});
    expect((await given({olderSize: 1n}))?.beginsWith({size: 1n, root: older})).toBe(true);
    const absent = verifyProofs(
      await proofs({
        keys: [{kind: STATE_KIND.patient, parts: [stranger.id]}],
        logs: [{kind: STATE_KIND.accessLog, patient: stranger.id, limit: 5, indexes: []}],
      }),
      appHash,
    );
    expect(absent.ok && absent.state(STATE_KIND.patient, [stranger.id])).toBeUndefined();
    expect(absent.ok && absent.logs[0]?.head.size).toBe(0n);
  });

  test('limits and nonsense give codes', async () => {
    expect((await ask({})).code).toBe(CODE.invalidField);
    await node.block([enrol()]);
    const log = {kind: STATE_KIND.accessLog, patient: patient.id, limit: 1};
    for (const request of [{keys: Array.from({length: 65}, () => patientKey)}, {logs: [log, log]}])
      expect((await ask(request)).code).toBe(CODE.invalidField);
    expect((await ask({}, {data: new Uint8Array(LIMITS.proofRequestBytes + 1)})).code).toBe(CODE.tooLarge);
    expect((await ask({}, {path: '/store'})).code).toBe(CODE.invalidField);
    expect((await ask({}, {height: 7n})).code).toBe(CODE.invalidField);
    expect((await ask({}, {height: 1n})).code).toBe(0);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({maxLength: 60}), async (data) => {
        expect([0, CODE.undecodable, CODE.invalidField]).toContain((await ask({}, {data})).code);
      }),
    );
  });
});

describe('CheckTx', () => {
  test('takes what would hold after what it took before, in the same pool', async () => {
    expect(await check(register())).toBe(0);
    expect(await check(maker.tx(requestAccess(patient.id), [clinician]))).toBe(CODE.unknownIdentity);
    expect(await check(enrol())).toBe(0);
    expect(await check(maker.tx(requestAccess(patient.id), [clinician]))).toBe(0);
    expect(await check(maker.tx(putGrant(patient.id, clinician.id), [patient]))).toBe(0);
  });

  test("refuses with the ledger's own codes and changes nothing", async () => {
    await node.block([enrol()]);
    const before = toHex(node.ledger.state.tree.root);
    expect(await check(Uint8Array.of(1))).toBe(CODE.undecodable);
    expect(await check(maker.tx(revokeGrant(stranger.id), [stranger]))).toBe(CODE.unknownKey);
    expect(await check(maker.tx(putGrant(patient.id, stranger.id), [patient]))).toBe(CODE.unknownGrantee);
    expect(await check(maker.tx(revokeGrant(patient.id), [patient], {chainId: `${TEST_CHAIN}2`}))).toBe(
      CODE.wrongChain,
    );
    expect(toHex(node.ledger.state.tree.root)).toBe(before);
    expect(toHex(await node.block([]))).toBe(before);
  });

  test('names a refused field in the log, every time; the block says its code alone', async () => {
    await node.block([enrol()]);
    const bad = maker.tx(requestAccess(patient.id, {slotFrom: 9, slotTo: 8}), [clinician]);
    const refusal = {code: CODE.invalidField, codespace: 'tx', log: 'invalidField: slot_to'};
    const again = {tx: bad, type: CheckTxType.NEW} as RequestCheckTx;
    expect(await node.application.checkTx(again)).toEqual(refusal);
    expect(await node.application.checkTx(again)).toEqual(refusal);
    const answer = await node.application.finalizeBlock(blockRequest(2n, [bad]));
    expect(answer.txResults).toEqual([{code: CODE.invalidField, codespace: 'tx', data: new Uint8Array(0)}]);
  });

  test('names a field that only the state refuses: the epochs of a member', async () => {
    const member = register();
    await node.block([enrol(), member]);
    const value = {identity: clinician.id, epochStatements: [epochStatement(patient)]};
    const bad = maker.tx({case: 'publishKeys', value}, [clinician]);
    expect((await node.application.checkTx({tx: bad, type: CheckTxType.NEW} as RequestCheckTx)).log).toBe(
      'invalidField: epoch_statements',
    );
    const answer = await node.application.finalizeBlock(blockRequest(2n, [bad]));
    expect(answer.txResults).toEqual([{code: CODE.invalidField, codespace: 'tx', data: new Uint8Array(0)}]);
  });

  test('a transaction in the pool is no longer counted once it is in a block; a second one with its nonce is refused before', async () => {
    await node.block([enrol()]);
    const revoke = maker.tx(revokeGrant(patient.id), [patient]);
    expect(await check(revoke)).toBe(0);
    expect(await check(maker.tx(revokeGrant(patient.id), [patient], {nonce: 1n}))).toBe(CODE.nonceUsed);
    await node.block([revoke]);
    expect(await check(revoke, CheckTxType.RECHECK)).toBe(CODE.nonceUsed);
  });

  test('an actor has at most 64 in the pool; another one is not hindered; a block makes room', async () => {
    await node.block([enrol(), register()]);
    const flood = Array.from({length: 65}, () =>
      maker.tx(requestAccess(patient.id, {grantId: new Uint8Array(16)}), [patient]),
    );
    // Quota of requests is 64 too; here the pool's limit is what the 65th meets.
    const codes: number[] = [];
    for (const tx of flood) codes.push(await check(tx));
    expect(codes).toEqual([...Array<number>(64).fill(0), CODE.quota]);
    expect(await check(maker.tx(requestAccess(patient.id), [clinician]))).toBe(0);
    await node.block(flood.slice(0, 10));
    expect(await check(maker.tx(requestAccess(patient.id), [patient]))).toBe(0);
  });

  test('Info changes nothing of it, whoever asks and whatever version it names', async () => {
    await node.block([enrol()]);
    const waiting = Array.from({length: 3}, () => maker.tx(requestAccess(patient.id), [patient]));
    for (const tx of waiting) expect(await check(tx)).toBe(0);
    for (const version of ['', '0.38.25']) await node.application.info({version} as RequestInfo);
    expect(node.ledger.pending.size).toBe(3);
    // The pool that a proposal sees counts; what was let in since the last block stays.
    expect(await prepare(waiting.slice(0, 1))).toHaveLength(1);
    expect(node.ledger.pending.size).toBe(3);
    await node.block([]);
    expect(await prepare(waiting.slice(0, 1))).toHaveLength(1);
    expect(node.ledger.pending.size).toBe(1);
  });
});

describe('proposals', () => {
  test('rights first; what ProcessProposal would reject is left out; the rest is in', async () => {
    const [one, two, three] = [enrol(), register(), maker.tx(revokeGrant(patient.id), [patient])];
    const bad = maker.tx(revokeGrant(stranger.id), [stranger]);
    const forged = bad.with(bad.length - 1, (bad.at(-1) ?? 0) ^ 1);
    const proposal = await prepare([one, two, forged, three, Uint8Array.of(1), bad]);
    // A stranger's is well-formed: it is included, and refused by the state.
    expect(proposal).toEqual([three, bad, one, two]);
    expect(await accepts(proposal)).toBe(true);
    expect(await accepts([...proposal, forged])).toBe(false);
    expect(await accepts([Uint8Array.of(1)])).toBe(false);
    expect(await accepts([])).toBe(true);
  });

  test("keeps to CometBFT's limit and to ours", async () => {
    const one = enrol();
    expect(await prepare([one], BigInt(one.length + 2))).toEqual([]);
    expect(await prepare([one], BigInt(one.length + 3))).toEqual([one]);
    const request = initChainRequest(testGenesis(['hospital'], {...DEFAULT_PARAMETERS, maxBlockBytes: 262_160}));
    await node.application.initChain(request);
    const entry = recordEntry({patient, device, custodian: hospital});
    const large = Array.from({length: 6}, () =>
      maker.tx(anchorRecords(Array<typeof entry>(200).fill(entry)), [hospital.storage]),
    );
    const size = (large[0]?.length ?? 0) + 4;
    const fit = Math.floor(262_160 / size);
    expect([fit < large.length, large.every(({length}) => length + 4 === size)]).toEqual([true, true]);
    expect(await prepare(large)).toEqual(large.slice(0, fit));
    expect([await accepts(large.slice(0, fit)), await accepts(large.slice(0, fit + 1))]).toEqual([true, false]);
  });

  test('on a chain whose blocks may be longer than an ABCI frame the process stops, and says what to do', async () => {
    expect(await prepare([], BigInt(LIMITS.cometBlockBytes))).toEqual([]);
    // 104,857,600 less header and commit: what CometBFT offers on a chain with max_bytes -1.
    expect(() => node.application.prepareProposal({txs: [], maxTxBytes: 104_856_000n} as never)).toThrow('made anew');
  });

  test('whatever lies in the pool, the proposal is accepted by another validator', async () => {
    const other = scratchDir();
    const validator = await openLedger(other.path);
    const keys = [testKey('a'), testKey('b')];
    const good = fc
      .tuple(fc.constantFrom(...keys), fc.bigInt(1n, 9n))
      .map(([key, nonce]) => maker.tx(revokeGrant(key.id), [key], {nonce}));
    const any = fc.oneof(
      good,
      fc.uint8Array({maxLength: 40}),
      fc.tuple(good, fc.nat()).map(([tx, at]) => tx.with(at % tx.length, 255)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(any, {maxLength: 8}), fc.bigInt(0n, 3_000n), async (txs, maxTxBytes) => {
        const proposal = await prepare(txs, maxTxBytes);
        const answer = await validator.application.processProposal({txs: proposal} as RequestProcessProposal);
        expect(answer.status).toBe(ProposalStatus.ACCEPT);
      }),
      {numRuns: 60},
    );
    await validator.close();
    other.remove();
  });
});
