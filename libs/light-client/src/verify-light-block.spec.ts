import {ed25519} from '@noble/curves/ed25519.js';
import {sha256Of, toHex} from '@vitalvault/contracts';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {headerHash} from './header-hash.js';
import type {Commit, LightBlock} from './light-block.js';
import {parseGenesis} from './genesis/parse-genesis.js';
import {parseLightBlock} from './parse-light-block.js';
import {MADE_UP_TRUST, madeUpTrust, signHeader} from '../testing/sign-header.js';
import {orderedValidators, validatorAddress, validatorsHash} from './validators.js';
import {verifyLightBlock as verifyAt, verifySignedHeader as verifyJsonAt} from './verify-light-block.js';
import type {ChainTrust} from './verify-light-block.js';
import {voteSignBytes} from './vote-sign-bytes.js';

// Captured from four real CometBFT 0.38.25 validators with 7, 5, 5 and 3 of 20 power: testdata/capture.ts.
const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../testdata', `${name}.json`), 'utf8');
const trust = parseGenesis(fixture('genesis'));
const block = parseLightBlock(fixture('block-3'));
const bytes = (n: number) => new Uint8Array(n).fill(9);
const setHash = validatorsHash(trust.validators);

/** The block with some of its commit's signatures replaced. */
function withSignatures(
  change: (signatures: Commit['signatures']) => Commit['signatures'],
  of: LightBlock = block,
): LightBlock {
  return {header: of.header, commit: {...of.commit, signatures: change(of.commit.signatures)}};
}

const verifyLightBlock = (lightBlock: LightBlock, by: ChainTrust) => verifyAt(lightBlock, by, 'any-time');
const verifySignedHeader = (json: string | object, by: ChainTrust) => verifyJsonAt(json, by, 'any-time');
const at = <T>(list: readonly T[], i: number): T => list[i] as T;
const refused = (reason: string) => ({ok: false, reason});

describe('a block that real validators signed', () => {
  it.each(['block-1', 'block-2', 'block-3', 'block-4', 'block-5', 'block-absent'])('verifies %s', (name) => {
    const lightBlock = parseLightBlock(fixture(name));
    const {
      header: {app_hash: appHash, time},
      commit,
    } = JSON.parse(fixture(name)) as {header: {app_hash: string; time: string}; commit: {block_id: {hash: string}}};
    const verdict = verifyLightBlock(lightBlock, trust);
    expect(verdict).toMatchObject({
      ok: true,
      header: {height: lightBlock.header.height, timeMs: new Date(time).getTime()},
    });
    if (!verdict.ok) throw new Error('unreachable');
    expect(toHex(verdict.header.appHash)).toBe(appHash.toLowerCase());
    expect(toHex(verdict.header.hash)).toBe(commit.block_id.hash.toLowerCase());
    expect(verdict.header.timeSeconds).toBe(BigInt(Math.floor(verdict.header.timeMs / 1000)));
  });

  it('holds a commit in which one validator is absent', () => {
    const flags = parseLightBlock(fixture('block-absent')).commit.signatures.map(({flag}) => flag);
    expect(flags).toEqual([2, 2, 2, 1]);
  });

  it('orders the genesis set as CometBFT does and derives its addresses', () => {
    const {validators} = JSON.parse(fixture('validators')) as {validators: {address: string; voting_power: string}[]};
    expect(
      trust.validators.map(({address, power}) => ({
        address: toHex(address).toUpperCase(),
        voting_power: power.toString(),
      })),
    ).toEqual(validators.map(({address, voting_power}) => ({address, voting_power})));
  });
});

describe('a forged block', () => {
  it('is refused for another chain', () => {
    expect(verifyLightBlock(block, {...trust, chainId: 'vitalvault-other'})).toEqual(refused('wrong-chain'));
    // Renaming the header to the chain that is expected breaks its hash.
    const renamed = {...block, header: {...block.header, chainId: 'vitalvault-other'}};
    expect(verifyLightBlock(renamed, {...trust, chainId: 'vitalvault-other'})).toEqual(
      refused('header-commit-mismatch'),
    );
    // Even with a commit for the new hash, the signatures name the old chain.
    const rehashed = {
      ...renamed,
      commit: {...block.commit, blockId: {...block.commit.blockId, hash: headerHash(renamed.header)}},
    };
    expect(verifyLightBlock(rehashed, {...trust, chainId: 'vitalvault-other'})).toEqual(refused('bad-signature'));
  });

  const other: Partial<Record<keyof LightBlock['header'], unknown>> = {
    blockVersion: 12n,
    appVersion: 1n,
    height: 4n,
    time: {seconds: block.header.time.seconds + 1n, nanos: 0},
    lastBlockId: {...block.header.lastBlockId, partsTotal: 2},
    lastCommitHash: bytes(32),
    dataHash: bytes(32),
    consensusHash: bytes(32),
    appHash: bytes(32),
    lastResultsHash: bytes(32),
    evidenceHash: bytes(32),
    proposerAddress: bytes(20),
  };
  it.each(Object.keys(other) as (keyof typeof other)[])('is refused with another %s', (field) => {
    const header = {...block.header, [field]: other[field]};
    expect(verifyLightBlock({header, commit: block.commit}, trust)).toEqual(refused('header-commit-mismatch'));
    const commit = {
      ...block.commit,
      height: header.height,
      blockId: {...block.commit.blockId, hash: headerHash(header)},
    };
    expect(verifyLightBlock({header, commit}, trust)).toEqual(refused('bad-signature'));
  });

  it('is refused with another validator set, this height or the next', () => {
    for (const field of ['validatorsHash', 'nextValidatorsHash'] as const) {
      expect(verifyLightBlock({...block, header: {...block.header, [field]: bytes(32)}}, trust)).toEqual(
        refused('wrong-validators'),
      );
    }
    const [first, ...rest] = trust.validators;
    const stronger = [{...at([first], 0), power: 8n}, ...rest] as typeof trust.validators;
    expect(verifyLightBlock(block, {...trust, validators: stronger})).toEqual(refused('wrong-validators'));
    expect(verifyLightBlock(block, {...trust, validators: rest})).toEqual(refused('wrong-validators'));
  });

  it('is refused with too few signatures', () => {
    const absent = {
      flag: 1,
      address: new Uint8Array(),
      time: {seconds: -62_135_596_800n, nanos: 0},
      signature: new Uint8Array(),
    };
    const without = (...missing: number[]) =>
      withSignatures((all) => all.map((entry, i) => (missing.includes(i) ? absent : entry)));
    expect(verifyLightBlock(without(3), trust).ok).toBe(true);
    expect(verifyLightBlock(without(1), trust).ok).toBe(true);
    expect(verifyLightBlock(without(0), trust)).toEqual(refused('too-few-signatures'));
    expect(verifyLightBlock(without(1, 3), trust)).toEqual(refused('too-few-signatures'));
    expect(verifyLightBlock(without(0, 1, 2, 3), trust)).toEqual(refused('too-few-signatures'));
  });

  it('is refused with exactly two thirds of the power', () => {
    const verdict = (validators: number, signers: number) =>
      verifySignedHeader(signHeader({height: 3n, appHash: bytes(32), validators}, signers), madeUpTrust(validators));
    expect(verdict(3, 2)).toEqual(refused('too-few-signatures'));
    expect(verdict(6, 4)).toEqual(refused('too-few-signatures'));
    expect([verdict(3, 3).ok, verdict(4, 3).ok, verdict(6, 5).ok]).toEqual([true, true, true]);
  });

  it('is refused when one signature stands in for another validator', () => {
    const doubled = withSignatures((all) => [at(all, 0), at(all, 0), at(all, 2), at(all, 3)]);
    expect(verifyLightBlock(doubled, trust)).toEqual(refused('wrong-validators'));
    const disguised = withSignatures((all) => [
      at(all, 0),
      {...at(all, 0), address: at(all, 1).address},
      at(all, 2),
      at(all, 3),
    ]);
    expect(verifyLightBlock(disguised, trust)).toEqual(refused('bad-signature'));
    const longer = withSignatures((all) => [...all, at(all, 0)]);
    expect(verifyLightBlock(longer, trust)).toEqual(refused('wrong-validators'));
  });

  it('is refused when two validators change places', () => {
    const swapped = withSignatures((all) => [at(all, 0), at(all, 2), at(all, 1), at(all, 3)]);
    expect(verifyLightBlock(swapped, trust)).toEqual(refused('wrong-validators'));
    const addressesOnly = withSignatures((all) =>
      all.map((entry, i) => ({...entry, address: at(all, [0, 2, 1, 3][i] as number).address})),
    );
    expect(verifyLightBlock(addressesOnly, trust)).toEqual(refused('wrong-validators'));
  });

  it('is refused with the signatures of another height or round', () => {
    const next = parseLightBlock(fixture('block-4'));
    expect(verifyLightBlock({header: block.header, commit: next.commit}, trust)).toEqual(
      refused('header-commit-mismatch'),
    );
    expect(
      verifyLightBlock(
        withSignatures(() => next.commit.signatures),
        trust,
      ),
    ).toEqual(refused('bad-signature'));
    expect(verifyLightBlock({...block, commit: {...block.commit, height: 4n}}, trust)).toEqual(
      refused('header-commit-mismatch'),
    );
    expect(verifyLightBlock({...block, commit: {...block.commit, round: block.commit.round + 1}}, trust)).toEqual(
      refused('bad-signature'),
    );
  });

  it("is refused when a vote's time or its parts are altered", () => {
    const later = withSignatures((all) =>
      all.map((entry, i) => (i === 2 ? {...entry, time: {...entry.time, nanos: entry.time.nanos ^ 1}} : entry)),
    );
    expect(verifyLightBlock(later, trust)).toEqual(refused('bad-signature'));
    const parts = {...block, commit: {...block.commit, blockId: {...block.commit.blockId, partsHash: bytes(32)}}};
    expect(verifyLightBlock(parts, trust)).toEqual(refused('bad-signature'));
  });

  it('is refused with any bit of a signature flipped, cut or empty', () => {
    const alter = (change: (signature: Uint8Array) => Uint8Array) =>
      withSignatures((all) =>
        all.map((entry, i) => (i === 3 ? {...entry, signature: change(entry.signature)} : entry)),
      );
    for (const place of [0, 31, 32, 63]) {
      expect(
        verifyLightBlock(
          alter((signature) => signature.map((byte, i) => (i === place ? byte ^ 1 : byte))),
          trust,
        ),
      ).toEqual(refused('bad-signature'));
    }
    expect(
      verifyLightBlock(
        alter((signature) => signature.subarray(1)),
        trust,
      ),
    ).toEqual(refused('bad-signature'));
    expect(
      verifyLightBlock(
        alter(() => new Uint8Array()),
        trust,
      ),
    ).toEqual(refused('bad-signature'));
  });
});

describe('votes for nil', () => {
  // Keys of our own, since nobody can make real validators sign nil at will.
  const keys = [1, 2, 3, 4].map((n) => sha256Of(Uint8Array.of(n)));
  const validators = keys.map((key) => ({key, publicKey: ed25519.getPublicKey(key), power: 1n}));
  const hash = validatorsHash(validators);
  const header = {...block.header, validatorsHash: hash, nextValidatorsHash: hash};
  const own = {chainId: trust.chainId, validators};

  /** A commit in the set's order: `flags` say who signed the block (2) and who nil (3). */
  function signed(flags: number[]): LightBlock {
    const decided = {
      height: header.height,
      round: 0,
      blockId: {hash: headerHash(header), partsTotal: 1, partsHash: bytes(32)},
    };
    const signatures = orderedValidators(validators).map(({key, publicKey}, i) => {
      const flag = flags[i] as number;
      const nilVote = Uint8Array.of(0x21, ...voteSignBytes(own.chainId, decided, header.time).subarray(1, 10));
      const message = flag === 2 ? voteSignBytes(own.chainId, decided, header.time) : nilVote;
      return {flag, address: validatorAddress(publicKey), time: header.time, signature: ed25519.sign(message, key)};
    });
    return {header, commit: {...decided, signatures}};
  }

  it('count for nothing, and cannot pass for votes', () => {
    expect(verifyLightBlock(signed([2, 2, 2, 3]), own)).toMatchObject({ok: true});
    expect(verifyLightBlock(signed([2, 2, 3, 3]), own)).toEqual(refused('too-few-signatures'));
    const {commit} = signed([2, 2, 3, 3]);
    expect(
      verifyLightBlock(
        {header, commit: {...commit, signatures: commit.signatures.map((entry) => ({...entry, flag: 2}))}},
        own,
      ),
    ).toEqual(refused('bad-signature'));
  });

  it.each([0, 4, 255])('flag %i is no vote', (flag) => {
    const {commit} = signed([2, 2, 2, 2]);
    expect(
      verifyLightBlock(
        {header, commit: {...commit, signatures: commit.signatures.map((entry) => ({...entry, flag}))}},
        own,
      ),
    ).toEqual(refused('too-few-signatures'));
  });
});

describe('verifySignedHeader', () => {
  it('takes text and object alike', () => {
    const text = fixture('block-3');
    expect(verifySignedHeader(text, trust)).toMatchObject({ok: true});
    expect(verifySignedHeader(JSON.parse(text) as object, trust)).toEqual(verifySignedHeader(text, trust));
  });

  it.each(['', '{}', 'null', '[]', '{"header":[]}', '{"header":{},"commit":{}}', '{"header"'])(
    'calls %j malformed',
    (text) => {
      expect(verifySignedHeader(text, trust)).toEqual(refused('malformed'));
    },
  );

  it.each([
    ['height', -1],
    ['height', '9223372036854775808'],
    ['height', '03'],
    ['time', '2026-02-30T00:00:00Z'],
    ['time', '2026-01-01T00:00:00+01:00'],
    ['app_hash', 'AB'],
    ['app_hash', 'zz'.repeat(32)],
    ['validators_hash', ''],
    ['proposer_address', 7],
    ['chain_id', {}],
  ])('calls a header whose %s is %j malformed', (field, value) => {
    const json = JSON.parse(fixture('block-3')) as {header: Record<string, unknown>};
    json.header[field] = value;
    expect(verifySignedHeader(json, trust)).toEqual(refused('malformed'));
  });
});

it('hashes the set of the fixture to what its headers carry', () => {
  expect(setHash).toEqual(block.header.validatorsHash);
});

describe('the time of a header', () => {
  const TIME = 1_700_000_000_000;
  const header = signHeader({height: 3n, appHash: bytes(32)});
  const verdict = (clock: Parameters<typeof verifyJsonAt>[2]) => verifyJsonAt(header, MADE_UP_TRUST, clock);

  it.each([
    ['now', {nowMs: TIME}],
    ['10 s ahead of the clock', {nowMs: TIME - 10_000}],
    ['ahead by as much as is allowed', {nowMs: TIME - 60_000, maxDriftMs: 60_000}],
    ['as old as is allowed', {nowMs: TIME + 30_000, maxAgeMs: 30_000}],
    ['of any age when none is named', {nowMs: TIME + 1e12}],
    ['never asked for', 'any-time' as const],
  ])('fits: %s', (_what, clock) => {
    expect(verdict(clock)).toMatchObject({ok: true, header: {timeMs: TIME}});
  });

  it.each([
    ['future-header', {nowMs: TIME - 10_001}],
    ['future-header', {nowMs: TIME - 1, maxDriftMs: 0}],
    ['future-header', {nowMs: Number.NaN}],
    ['future-header', {nowMs: TIME, maxDriftMs: Number.NaN}],
    ['stale-header', {nowMs: TIME + 30_001, maxAgeMs: 30_000}],
    ['stale-header', {nowMs: TIME, maxAgeMs: Number.NaN}],
  ])('does not: %s, %p', (reason, clock) => {
    expect(verdict(clock)).toEqual(refused(reason));
  });
});
