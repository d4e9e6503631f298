import {
  ALG_X25519,
  encodeCanonical,
  decodeCanonical,
  fromBase64,
  fromHex,
  keyId,
  LIMITS,
  ORG_ROLE,
} from '@vitalvault/contracts';
import {create, ScalarType} from '@bufbuild/protobuf';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Genesis, GenesisOrganisation, GenesisValidator} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {ParametersSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DEFAULT_PARAMETERS, testGenesis, testKey} from '@vitalvault/ledger-state/testing';

/** Of one hospital with one validator, or of four. */
const small = (): Genesis => decodeCanonical(GenesisSchema, testGenesis(['hospital']));
const four = (): Genesis => decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic', 'east', 'west']));
const first = (genesis: Genesis): GenesisOrganisation => genesis.organisations[0] as GenesisOrganisation;
const validator = (genesis: Genesis): GenesisValidator => first(genesis).validators[0] as GenesisValidator;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const stateOf = (genesis: Genesis): string => base64(encodeCanonical(GenesisSchema, genesis));

interface Document {
  genesis_time?: string;
  chain_id: string;
  initial_height: string;
  consensus_params: {
    block?: {max_bytes?: unknown; max_gas: string};
    evidence: {max_age_num_blocks: string; max_age_duration: string; max_bytes?: unknown};
    validator: {pub_key_types: string[]};
    version: {app: string};
    abci: {vote_extensions_enable_height: string};
  };
  validators?: unknown;
  app_hash: string;
  app_state?: unknown;
}

const documentOf = (genesis: Genesis): Document => ({
  genesis_time: '2026-01-01T00:00:00Z',
  chain_id: 'vitalvault-test',
  initial_height: '1',
  consensus_params: {
    block: {max_bytes: String(LIMITS.cometBlockBytes), max_gas: '-1'},
    evidence: {
      max_age_num_blocks: '200000',
      max_age_duration: '172800000000000',
      max_bytes: String(LIMITS.cometEvidenceBytes),
    },
    validator: {pub_key_types: ['ed25519']},
    version: {app: '0'},
    abci: {vote_extensions_enable_height: '0'},
  },
  app_hash: '',
  app_state: stateOf(genesis),
});

type Edit<T> = (value: T) => unknown;
const edited = (edit: Edit<Genesis>, genesis = small()): Document => {
  edit(genesis);
  return documentOf(genesis);
};
const beside = (edit: Edit<Document>): Document => {
  const document = documentOf(small());
  edit(document);
  return document;
};
const all =
  <T>(...edits: Edit<T>[]): Edit<T> =>
  (value) => {
    for (const edit of edits) edit(value);
  };
const powers =
  (...given: bigint[]): Edit<Genesis> =>
  (genesis) => {
    genesis.organisations.forEach(({validators}, i) => {
      for (const one of validators) one.power = given[i] ?? 1n;
    });
  };
const keyOf = (genesis: Genesis, role: keyof typeof ORG_ROLE, publicKey: Uint8Array): void => {
  for (const {key, role: of} of first(genesis).keys)
    if (of === ORG_ROLE[role] && key !== undefined) key.publicKey = publicKey;
};
/** A member of the consortium that neither validates nor keeps records. */
const laboratory = (genesis: Genesis): void => {
  const [admin, sponsor] = [testKey('laboratory admin'), testKey('laboratory sponsor')];
  const keys = [
    {key: admin.key, role: ORG_ROLE.admin},
    {key: sponsor.key, role: ORG_ROLE.sponsor, fromSlot: 5, toSlot: 9},
  ];
  const organisation = create(GenesisSchema, {organisations: [{id: keyId(admin.key), name: 'Laboratory', keys}]});
  genesis.organisations = [...genesis.organisations, ...organisation.organisations].sort((a, b) =>
    Buffer.compare(a.id, b.id),
  );
};

/** Points of Ed25519 that no test genesis has. @spec RFC 8032 §7.1, public keys of tests 1 to 3 */
const ANOTHER = [
  'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
];
const another = (n = 1) => ({
  ...validator(four()),
  publicKey: fromHex(ANOTHER[n - 1] ?? ''),
  nodeId: new Uint8Array(20).fill(0x0c + n),
});
const ownFour = (genesis: Genesis): void => {
  first(genesis).validators.push(another(1), another(2), another(3));
};
const consensusOf = (document: Document, change: object): void => {
  Object.assign((document as unknown as {consensus_params: object}).consensus_params, change);
};

const withEpochs =
  (first: number, more: number, maxSuccessions: number): Edit<Genesis> =>
  ({parameters}) => {
    if (parameters?.holdings === undefined || parameters.holdingsPerSuccession === undefined) return;
    [parameters.holdings.epochs, parameters.holdingsPerSuccession.epochs] = [first, more];
    parameters.maxSuccessions = maxSuccessions;
  };

const TAKEN: readonly (readonly [string, Document])[] = [
  ['one hospital with the only validator', documentOf(small())],
  ['four equal validators', documentOf(four())],
  ['unequal validators, each below a third', edited(powers(9n, 8n, 7n, 6n), four())],
  [
    'a validator of more than a third, as the genesis says',
    edited(
      all((g) => (g.oneCanStop = true), powers(9n)),
      four(),
    ),
  ],
  ['an organisation with an admin and a sponsor key alone', edited(laboratory)],
  ['further nodes', edited((g) => (first(g).nodes = [fromHex('0a'.repeat(20)), fromHex('0b'.repeat(20))]))],
  ['a name in other letters', edited((g) => (first(g).name = 'Łódź – Szpital św. Jana (市立)'))],
  ['validators of its own: none', beside((d) => (d.validators = []))],
  ...[
    ['the first time that is taken', '2020-01-01T00:00:00Z'],
    ['the last time that is taken', '2099-12-31T23:59:59.999999999Z'],
    ['a leap day', '2028-02-29T12:00:00.5Z'],
  ].map(([what = '', time = '']) => [what, beside((d) => (d.genesis_time = time))] as const),
  ...[
    ['null', null],
    ['nothing', {}],
    ['null for the height', {vote_extensions_enable_height: null}],
  ].map(
    ([what = '', abci]) => [`${what as string} about vote extensions`, beside((d) => consensusOf(d, {abci}))] as const,
  ),
  ['the least room', edited(({parameters: p}) => p && Object.assign(p, {maxKeys: 12_000n, maxLeaves: 150_000n}))],
  [
    'the least room of four',
    edited(({parameters: p}) => p && Object.assign(p, {maxKeys: 48_000n, maxLeaves: 600_000n}), four()),
  ],
  [
    'the smallest block: four of the largest transaction',
    edited(({parameters: p}) => p && (p.maxBlockBytes = 262_160)),
  ],
  ['the most epochs with all successions', edited(withEpochs(8_192 - 4 * 1_024, 4, 1_024))],
  ['the most room', edited(({parameters: p}) => p && Object.assign(p, {maxKeys: 2n ** 23n, maxLeaves: 2n ** 25n}))],
];

/** X25519 keys to which nothing can be sealed, and such that are written with a number that is not below p. */
const LOW_ORDER = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  `f6${'ff'.repeat(30)}7f`,
  `09${'00'.repeat(30)}80`,
];

const REFUSED: readonly (readonly [string, Document])[] = [
  ...[
    ['no chain id', ''],
    ['a chain id of 51 characters', 'a'.repeat(51)],
    ['a chain id with a blank', 'vital vault'],
    ['a chain id that begins with a hyphen', '-vitalvault'],
    ['a chain id with a slash', 'vital/vault'],
    ['a chain id beyond ASCII', 'vitalväult'],
    ['a chain id that ends a line', 'vitalvault\n'],
  ].map(([why = '', id = '']) => [why, beside((d) => (d.chain_id = id))] as const),
  ['no time', beside((d) => delete d.genesis_time)],
  ...[
    ['a time before 1970', '1969-12-31T23:59:59Z'],
    ["Go's zero time", '0001-01-01T00:00:00Z'],
    ['a time before 2020', '2019-12-31T23:59:59.999999999Z'],
    ['a time of another zone, which is before 2020', '2020-01-01T01:00:00+01:30'],
    ['a time from 2100 on', '2100-01-01T00:00:00Z'],
    ['a time that is no text of RFC 3339', '1 January 2026'],
    ['an empty time', ''],
  ].map(([why = '', time = '']) => [why, beside((d) => (d.genesis_time = time))] as const),
  ['an epoch more than the most', edited(withEpochs(8_193, 1, 1))],
  ['an epoch more than the most with all successions', edited(withEpochs(8_193 - 4 * 1_024, 4, 1_024))],
  [
    'a block too small for four of the largest transaction',
    edited(({parameters: p}) => p && (p.maxBlockBytes = 262_159)),
  ],
  ['no room for keys', edited(({parameters: p}) => p && (p.maxKeys = 1n))],
  ['a key less than the least', edited(({parameters: p}) => p && (p.maxKeys = 11_999n))],
  ['a key more than the most', edited(({parameters: p}) => p && (p.maxKeys = 2n ** 23n + 1n))],
  ['a leaf less than the least', edited(({parameters: p}) => p && (p.maxLeaves = 149_999n))],
  ['a key less than four need', edited(({parameters: p}) => p && (p.maxKeys = 47_999n), four())],
  ['a leaf less than four need', edited(({parameters: p}) => p && (p.maxLeaves = 599_999n), four())],
  ['a leaf more than the most', edited(({parameters: p}) => p && (p.maxLeaves = 2n ** 25n + 1n))],
  ['validators beside app_state', beside((d) => (d.validators = [{address: '', pub_key: {}, power: '1', name: ''}]))],
  ['no limit of a block', beside((d) => delete d.consensus_params.block)],
  ['another limit of a block', beside((d) => (d.consensus_params.block = {max_bytes: '22020096', max_gas: '-1'}))],
  ['no limit of a block but -1', beside((d) => (d.consensus_params.block = {max_bytes: '-1', max_gas: '-1'}))],
  ['another limit of evidence', beside((d) => (d.consensus_params.evidence.max_bytes = '1048577'))],
  ['no limit of evidence', beside((d) => delete d.consensus_params.evidence.max_bytes)],
  ['vote extensions', beside((d) => (d.consensus_params.abci.vote_extensions_enable_height = '1'))],
  ['no app_state', beside((d) => delete d.app_state)],
  ['an object as app_state', beside((d) => (d.app_state = {}))],
  ['an app_state of no bytes', beside((d) => (d.app_state = ''))],
  ['an app_state with a blank', beside((d) => (d.app_state = ` ${stateOf(small())}`))],
  ['an app_state with line ends', beside((d) => (d.app_state = stateOf(small()).replace(/.{64}/g, '$&\n')))],
  [
    'an app_state in base64url',
    beside((d) => (d.app_state = stateOf(small()).replaceAll('+', '-').replaceAll('/', '_'))),
  ],
  ['an app_state without its pads', beside((d) => (d.app_state = padded().replace(/=+$/, '')))],
  ['an app_state that is not canonical', beside((d) => (d.app_state = base64(Uint8Array.of(8, 0))))],
  [
    'an app_state with a field that nobody knows',
    beside((d) => (d.app_state = base64(Buffer.concat([encodeCanonical(GenesisSchema, small()), fromHex('f80701')])))),
  ],
  ['another version', edited((g) => (g.version = 2))],
  ['no parameters', edited((g) => delete g.parameters)],
  ...parameters(),
  ['no organisation', edited((g) => (g.organisations = []))],
  ['organisations that do not rise', edited((g) => g.organisations.reverse(), four())],
  ['an organisation twice', edited((g) => (g.organisations = [first(g), ...g.organisations]), four())],
  ["an id that is not the admin key's", edited((g) => (first(g).id = fromHex('01'.repeat(20))))],
  ['no name', edited((g) => (first(g).name = ''))],
  ['a name of more than 100 bytes', edited((g) => (first(g).name = 'ö'.repeat(51)))],
  ['a name with a line end', edited((g) => (first(g).name = 'Hospital\nNorth'))],
  ['a name that turns the direction of writing', edited((g) => (first(g).name = 'Hospital \u202EhtroN'))],
  ['a name with an invisible blank', edited((g) => (first(g).name = 'Hospital\u200BNorth'))],
  ['a name with a blank before it', edited((g) => (first(g).name = ' Hospital'))],
  ...['admin', 'sponsor', 'ingest', 'storage', 'policy', 'release'].map(
    (role) =>
      [
        `a validating organisation without a key of the role ${role}`,
        edited((g) => {
          first(g).keys = first(g).keys.filter((key) => key.role !== ORG_ROLE[role as 'admin']);
        }),
      ] as const,
  ),
  [
    'an organisation that keeps records and has no policy key',
    edited((g) => {
      first(g).keys = first(g).keys.filter(({role}) => role !== ORG_ROLE.policy);
      g.organisations[1]?.validators.push(...first(g).validators);
      first(g).validators = [];
    }, four()),
  ],
  [
    'a key without a role',
    edited((g) => g.organisations.forEach(({keys}) => keys.forEach((k) => k.role === 5 && (k.role = 0)))),
  ],
  [
    'a role that nobody knows',
    edited((g) => g.organisations.forEach(({keys}) => keys.forEach((k) => k.role === 5 && (k.role = 7)))),
  ],
  ['a key that ends before it begins', edited((g) => first(g).keys.forEach((k) => ([k.fromSlot, k.toSlot] = [9, 8])))],
  ['a key twice', edited((g) => keyOf(g, 'policy', testKey('hospital storage').key.publicKey))],
  [
    'a signing key that is no point of its curve',
    edited((g) => keyOf(g, 'policy', fromHex(`02${'05'.padStart(64, '0')}`))),
  ],
  ['a signing key that is not compressed', edited((g) => keyOf(g, 'policy', fromHex(`04${'01'.repeat(32)}`)))],
  ['a signing key above the field', edited((g) => keyOf(g, 'policy', fromHex(`02${'ff'.repeat(32)}`)))],
  [
    'a signing key as release key',
    edited((g) => first(g).keys.forEach((k) => k.role === ORG_ROLE.policy && (k.role = ORG_ROLE.release))),
  ],
  [
    'a release key as signing key',
    edited((g) =>
      first(g).keys.forEach((k) => k.role === ORG_ROLE.policy && k.key !== undefined && (k.key.alg = ALG_X25519)),
    ),
  ],
  ['a release key of 31 bytes', edited((g) => keyOf(g, 'release', fromHex('07'.repeat(31))))],
  ...LOW_ORDER.map(
    (key) =>
      [
        `the release key ${key.slice(0, 4)}…${key.slice(-4)}, which is none`,
        edited((g) => keyOf(g, 'release', fromHex(key))),
      ] as const,
  ),
  ['no validator', edited((g) => g.organisations.forEach((one) => (one.validators = [])))],
  [
    'a validator twice',
    edited((g) => g.organisations[1]?.validators.push({...validator(g), nodeId: fromHex('0a'.repeat(20))}), four()),
  ],
  ['a validator without power', edited(powers(0n))],
  ['more power than CometBFT bears', edited(powers(2n ** 58n, 2n ** 58n, 2n ** 58n, 2n ** 58n), four())],
  ['a validator key of 31 bytes', edited((g) => (validator(g).publicKey = new Uint8Array(31).fill(1)))],
  ['a validator key that is no point', edited((g) => (validator(g).publicKey = fromHex(`02${'00'.repeat(31)}`)))],
  ['a validator key of low order', edited((g) => (validator(g).publicKey = fromHex(`01${'00'.repeat(31)}`)))],
  ['a validator key of zeros', edited((g) => (validator(g).publicKey = new Uint8Array(32)))],
  [
    'an organisation of a third, in two validators',
    edited((g) => g.organisations[0]?.validators.push(another()), four()),
  ],
  ['four validators of one hospital, and no word that it can stop the chain', edited((g) => ownFour(g))],
  ['a validator of a third', edited(powers(2n, 2n, 1n, 1n), four())],
  ['a validator of more than a third', edited(powers(30n, 10n, 10n, 10n), four())],
  [
    'two validators, and no word that one can stop the chain',
    edited((g) => (g.oneCanStop = false), decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic']))),
  ],
  [
    "fewer tokens for an organisation's entries than one transaction has",
    edited(({parameters: found}) => Object.assign(found?.organisationEntries ?? {}, {burst: 199})),
  ],
  ['a validator without a node id', edited((g) => (validator(g).nodeId = new Uint8Array(0)))],
  ['a node id of 19 bytes', edited((g) => (validator(g).nodeId = new Uint8Array(19).fill(1)))],
  ['a node id of zeros', edited((g) => (validator(g).nodeId = new Uint8Array(20)))],
  ['a node id twice', edited((g) => first(g).nodes.push(validator(g).nodeId))],
  ['a further node of 21 bytes', edited((g) => first(g).nodes.push(new Uint8Array(21).fill(1)))],
];

/** A genesis whose base64 ends with pads. */
function padded(): string {
  const genesis = small();
  while (!stateOf(genesis).endsWith('=')) first(genesis).name += 'a';
  return stateOf(genesis);
}

/** Every number of `Parameters` at 0 and at its largest, every message left out: a new one comes by itself. */
function parameters(): (readonly [string, Document])[] {
  return ParametersSchema.fields.flatMap((field) => {
    const set = (name: string, change: Edit<Record<string, unknown>>): readonly [string, Document] => [
      `the parameter ${name}`,
      edited(({parameters: found}) => {
        change(found as unknown as Record<string, unknown>);
      }),
    ];
    const {localName} = field;
    if (field.fieldKind !== 'message')
      return [0n, field.scalar === ScalarType.UINT64 ? 2n ** 64n - 1n : 2n ** 32n - 1n].map((value) =>
        set(`${localName} of ${value}`, (found) => {
          found[localName] = typeof found[localName] === 'bigint' ? value : Number(value);
        }),
      );
    return [
      set(`${localName} left out`, (found) => {
        Reflect.deleteProperty(found, localName);
      }),
      ...field.message.fields.flatMap((inner) =>
        [0, 2 ** 32 - 1].map((value) =>
          set(`${localName}.${inner.localName} of ${value}`, (found) => {
            (found[localName] as Record<string, unknown>)[inner.localName] = value;
          }),
        ),
      ),
    ];
  });
}

/**
 * The whole of test/vectors/genesis.json: files that the ledger starts from and verifiers trust, and such that none
 * does.
 */
export function genesisVectors() {
  return {
    about: 'Genesis files that every reader takes, and files that every reader refuses: docs/protocol.md §5.4, §10',
    taken: TAKEN.map(([what, document]) => ({what, document})),
    refused: REFUSED.map(([why, document]) => ({why, document})),
  };
}

/** A genesis with the validators that the headers in libs/light-client/testdata were captured from. */
export function capturedGenesis(
  captured: {readonly pub_key: {readonly value: string}; readonly voting_power: string}[],
) {
  const names = ['Hospital 1', 'Hospital 2', 'Hospital 3', 'Hospital 4'];
  const keys = captured.map(({pub_key: {value}}) => fromBase64(value));
  const genesis = decodeCanonical(GenesisSchema, testGenesis(names, DEFAULT_PARAMETERS, keys));
  for (const one of genesis.organisations.flatMap(({validators}) => validators)) {
    const found = captured.find(({pub_key: {value}}) => value === base64(one.publicKey));
    one.power = BigInt(found?.voting_power ?? 0);
  }
  return {...documentOf({...genesis, oneCanStop: true}), chain_id: 'vitalvault-capture'};
}
