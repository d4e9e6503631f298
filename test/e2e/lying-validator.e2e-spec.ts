import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {LedgerClient, verifiedProofs} from '@vitalvault/ledger-client';
import {ApiClient, MemoryNonceStore, PatientContext, PatientLog, VerifiedLedger, rememberedHead} from '@vitalvault/sdk';
import {codeOf, enrolPatient, openOffice} from './platform/actors.js';
import type {PatientActor} from './platform/actors.js';
import {lyingProxy} from './platform/lying-proxy.js';
import type {Json, Lie, LyingProxy} from './platform/lying-proxy.js';
import {thePlatform} from './platform/platform.js';
import type {Platform} from './platform/platform.js';

const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};

interface SignedHeader {
  header: {app_hash: string; time: string};
  commit: {signatures: object[]};
}

const NO_SIGNATURE = {block_id_flag: 1, validator_address: '', timestamp: '0001-01-01T00:00:00Z', signature: null};
const otherDigit = (text: string): string => text.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
const flippedHex = (hex: string, atByte: number): string =>
  hex.slice(0, 2 * atByte) + otherDigit(hex.slice(2 * atByte));

/** Lies about a header, wherever it stands. */
const headerLies: Record<string, (signed: SignedHeader) => SignedHeader> = {
  'alters the app hash': ({header, commit}) => ({header: {...header, app_hash: otherDigit(header.app_hash)}, commit}),
  'drops the signatures of two of four validators': ({header, commit}) => ({
    header,
    commit: {...commit, signatures: commit.signatures.map((entry, i) => (i < 2 ? NO_SIGNATURE : entry))},
  }),
};

describe('a validator, or somebody before it, who lies', () => {
  let platform: Platform;
  let owner: PatientActor;
  const proxies: LyingProxy[] = [];

  const before = async (honestUrl: string, lie: Lie): Promise<LyingProxy> => {
    const proxy = await lyingProxy(honestUrl, lie);
    proxies.push(proxy);
    return proxy;
  };

  beforeAll(async () => {
    platform = thePlatform();
    const office = await openOffice(platform);
    owner = await enrolPatient(office, (await office.ledger.slot()) - 10);
  });
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });

  describe('to a service, which asks several', () => {
    const rpcLies: Record<string, Lie> = {
      ...Object.fromEntries(
        Object.entries(headerLies).map(([name, lie]): [string, Lie] => [
          name,
          (call, {result, ...rest}) =>
            call === 'commit'
              ? {
                  ...rest,
                  result: {
                    ...(result as Json),
                    signed_header: lie((result as {signed_header: SignedHeader}).signed_header),
                  },
                }
              : undefined,
        ]),
      ),
      'alters the state that it proves': (call, {result, ...rest}) => {
        if (call !== 'abci_query') return undefined;
        const {response} = result as {response: {value: string}};
        const bytes = Buffer.from(response.value, 'base64');
        bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
        return {...rest, result: {response: {...response, value: bytes.toString('base64')}}};
      },
    };

    it.each(Object.keys(rpcLies))("%s: it is left, and the next one's answer verifies", async (name) => {
      const [own, second] = platform.endpoints.validators.map(({rpc}) => rpc);
      const liar = await before(own ?? '', rpcLies[name] as Lie);
      const patient = fromHex(owner.keys.patient);
      const request = {
        keys: [
          {kind: STATE_KIND.patient, parts: [patient]},
          {kind: STATE_KIND.accessLog, parts: [patient]},
        ],
        logs: [{kind: STATE_KIND.accessLog, patient, from: 0n, limit: 100}],
      };
      const careful = new LedgerClient({rpcUrls: [liar.url, second ?? ''], log: quiet});
      const {answer} = await verifiedProofs({
        client: careful,
        request,
        trust: platform.genesis,
        maxHeaderAgeMs: 30_000,
      });
      const value = answer.state(STATE_KIND.patient, [patient]) ?? new Uint8Array();
      expect(toHex(decodeCanonical(PatientSchema, value).encryptionKey)).toBe(owner.keys.encryption.publicKey);
      expect(careful.currentUrl).toBe(second);
      careful.close();
      const alone = new LedgerClient({rpcUrls: [liar.url], log: quiet});
      expect(
        await codeOf(verifiedProofs({client: alone, request, trust: platform.genesis, maxHeaderAgeMs: 30_000})),
      ).toBe('not-verified');
      alone.close();
      expect(liar.lies()).toBeGreaterThan(0);
    });
  });

  describe('to the patient, who has only one answer and her genesis', () => {
    const logThrough = (url: string): PatientLog => {
      const api = new ApiClient({
        endpoints: {...platform.endpoints.services, policy: url},
        organisation: platform.organisation,
        attempts: 1,
      });
      return new PatientLog(
        new PatientContext({
          keys: structuredClone(owner.keys),
          ledger: new VerifiedLedger({api, genesis: platform.genesis}),
          nonces: new MemoryNonceStore(),
          save: () => Promise.resolve(),
        }),
      );
    };
    const signedIn = (answer: Json): SignedHeader =>
      (typeof answer['signedHeader'] === 'string'
        ? JSON.parse(answer['signedHeader'])
        : answer['signedHeader']) as SignedHeader;
    const aged = ({header, commit}: SignedHeader): SignedHeader => ({
      header: {...header, time: new Date(Date.parse(header.time) - 120_000).toISOString()},
      commit,
    });

    it('the honest answer is believed', async () => {
      const honest = await before(platform.endpoints.services.policy, () => undefined);
      expect((await logThrough(honest.url).accessLog()).leaves.map(({event}) => event.case)).toEqual([
        'enrolled',
        'keys',
      ]);
    });

    it.each<[string, Lie, string]>([
      ...Object.entries(headerLies).map(([name, lie]): [string, Lie, string] => [
        name,
        (call, answer) => (call.endsWith('/access-log') ? {...answer, signedHeader: lie(signedIn(answer))} : undefined),
        'untrusted-header',
      ]),
      [
        'gives a header another time',
        (call, answer) =>
          call.endsWith('/access-log') ? {...answer, signedHeader: aged(signedIn(answer))} : undefined,
        'untrusted-header',
      ],
      [
        'alters a leaf',
        (call, answer) =>
          call.endsWith('/access-log')
            ? {...answer, proof: flippedHex(String(answer['proof']), String(answer['proof']).length / 2 - 1)}
            : undefined,
        '(log-incomplete|proof-invalid)',
      ],
    ])('%s: refused', async (_name, lie, code) => {
      const liar = await before(platform.endpoints.services.policy, lie);
      expect(await codeOf(logThrough(liar.url).accessLog())).toMatch(new RegExp(`^${code}$`));
      expect(liar.lies()).toBe(1);
    });

    it('about the header when it is to bear witness: told, and the next validator asked; when all do, a warning, and strictly a refusal', async () => {
      const altered = (answer: Json): Json => ({
        ...answer,
        signedHeader: headerLies['alters the app hash']?.(signedIn(answer)),
      });
      let asked = 0;
      const once = await before(platform.endpoints.services.policy, (call, answer) =>
        call.startsWith('/v1/chain/') && asked++ === 0 ? altered(answer) : undefined,
      );
      expect(await logThrough(once.url).accessLog({validator: 1, strict: true})).toMatchObject({
        agreedBy: ['validator 2'],
        unusable: [{name: 'validator 0', reason: 'header-commit-mismatch'}],
        oneOrganisation: false,
      });
      const always = await before(platform.endpoints.services.policy, (call, answer) =>
        call.startsWith('/v1/chain/') ? altered(answer) : undefined,
      );
      expect(await logThrough(always.url).accessLog({validator: 1})).toMatchObject({
        agreedBy: [],
        oneOrganisation: true,
      });
      expect(always.lies()).toBe(3);
      expect(await codeOf(logThrough(always.url).accessLog({strict: true}))).toBe('one-organisation');
    });

    it('not at all: two other validators gave the same header', async () => {
      expect(await logThrough(platform.endpoints.services.policy).accessLog({strict: true})).toMatchObject({
        agreedBy: ['validator 0', 'validator 1'],
        oneOrganisation: false,
      });
      expect(
        await logThrough(platform.endpoints.services.policy).accessLog({
          witnesses: [platform.endpoints.services.policy],
          strict: true,
        }),
      ).toMatchObject({agreedBy: [new URL(platform.endpoints.services.policy).host]});
    });

    it('shows what was true before: refused by whoever saw more', async () => {
      let old: Json | undefined;
      const forgetful = await before(platform.endpoints.services.policy, (call, answer) => {
        if (!call.endsWith('/access-log')) return undefined;
        old ??= answer;
        return old;
      });
      const log = logThrough(forgetful.url);
      await log.accessLog();
      await owner.patient.rotate(['omh:heart-rate']);
      log.context.keys.logHead = rememberedHead(await owner.log.accessLog());
      expect(await codeOf(log.accessLog())).toBe('log-older-than-known');
    });
  });
});
