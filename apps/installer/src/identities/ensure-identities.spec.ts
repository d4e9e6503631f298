import {describe, expect, it} from '@jest/globals';
import {moreIpfsIdentities, parseIpfsIdentities, renderGenesis} from '@vitalvault/genesis';
import fc from 'fast-check';
import {MemoryObjects} from '../../test/support/memory-objects.js';
import {JOINING, LOCAL} from '../../test/support/plans.js';
import {parseGenesis} from './check-genesis.js';
import {ensureIdentities} from './ensure-identities.js';
import type {Plan} from './plan.js';
import {parsePublicPart} from './public-part.js';

const said: string[] = [];
const ensure = (plan: Plan, store: MemoryObjects) =>
  ensureIdentities(plan, {store, now: () => new Date(1_800_000_000_000), say: (line) => said.push(line)});
const consortium = (store: MemoryObjects) => store.objects.get('configmap/r-consortium') ?? {};
const without = (store: MemoryObjects, name: string) =>
  new MemoryObjects(new Map([...store.objects].filter(([key]) => key !== name)));

async function installed(plan = LOCAL): Promise<MemoryObjects> {
  const store = new MemoryObjects();
  await ensure(plan, store);
  return store;
}

describe('ensureIdentities, local', () => {
  it('makes every Secret of the plan and a genesis that names their public parts', async () => {
    const store = await installed();
    expect(store.objects.size).toBe(12 + 2 + 1 + 1 + 1);
    const {chainId, genesis} = parseGenesis(consortium(store)['genesis.json'] ?? '');
    expect([chainId, genesis.organisations.map(({name}) => name).toSorted()]).toEqual([
      expect.stringMatching(/^vitalvault-test-[0-9a-f]{8}$/),
      ['Hospital East', 'Hospital North'],
    ]);
    expect(genesis.organisations.map(({validators, keys}) => [validators.length, keys.length])).toEqual([
      [1, 6],
      [1, 6],
    ]);
  });

  it('gives the ledger the room of the plan, and refuses one that the memory of its validators cannot hold', async () => {
    const plan = {...LOCAL, capacity: {keys: 500_000, leaves: 8_000_000}, memory: {heapMiB: 1_024, limitMiB: 2_048}};
    const {parameters} = parseGenesis(consortium(await installed(plan))['genesis.json'] ?? '').genesis;
    expect(parameters).toMatchObject({maxKeys: 500_000n, maxLeaves: 8_000_000n});
    const refusal = /500000 keys and 8000000 leaves: .* and has 192 MiB of heap in 448 MiB\. Set validators\.heapMiB/;
    await expect(installed({...plan, memory: LOCAL.memory})).rejects.toThrow(refusal);
    await expect(installed({...plan, memory: {heapMiB: 1_024, limitMiB: 1_024}})).rejects.toThrow('in 1024 MiB');
    await installed({...plan, memory: {heapMiB: 1_024, limitMiB: 0}});
    // So is an upgrade that takes away what a ledger that runs may grow to.
    const store = await installed(plan);
    await expect(ensure({...plan, memory: LOCAL.memory}, store)).rejects.toThrow(refusal);
  });

  it('gives two releases two chains, though both have the same name', async () => {
    const ids = [consortium(await installed()), consortium(await installed())].map((texts) => texts['chain-id']);
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toBe(ids[0]?.toLowerCase());
  });

  it('says for an hour that the keys of a new chain have signed nothing, and never again', async () => {
    const store = await installed();
    const until = String(1_800_000_000 + 3_600);
    expect(consortium(store)).toMatchObject({'unsigned-until-0': until, 'unsigned-until-1': until});
    await ensureIdentities(LOCAL, {store, now: () => new Date(1_900_000_000_000), say: () => undefined});
    expect(consortium(store)).toMatchObject({'unsigned-until-0': until, 'unsigned-until-1': until});
  });

  it('tells each validator the other one', async () => {
    const texts = consortium(await installed());
    expect([texts['peers-0'], texts['peers-1']]).toEqual([
      expect.stringMatching(/^[0-9a-f]{40}@r-validator-1:26656$/),
      expect.stringMatching(/^[0-9a-f]{40}@r-validator-0:26656$/),
    ]);
  });

  it('changes nothing when it runs again', async () => {
    const store = await installed();
    const before = new Map(store.objects);
    await ensure(LOCAL, store);
    expect(store.objects).toEqual(before);
  });

  it('cut off before any call and run again, keeps what was made and comes to its end', async () => {
    const {calls} = await installed();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({min: 0, max: calls}), {maxLength: 4}), async (cuts) => {
        const objects = new Map();
        for (const cut of cuts) {
          const before = new Map(objects);
          await ensure(LOCAL, new MemoryObjects(objects, cut)).catch(() => undefined);
          for (const [name, texts] of before) expect(objects.get(name)).toBe(texts);
        }
        await ensure(LOCAL, new MemoryObjects(objects));
        expect(objects.size).toBe(17);
      }),
      {numRuns: 25},
    );
  });

  it('two at once agree', async () => {
    const objects = new Map();
    await Promise.all([ensure(LOCAL, new MemoryObjects(objects)), ensure(LOCAL, new MemoryObjects(objects))]);
    await ensure(LOCAL, new MemoryObjects(objects));
    expect(objects.size).toBe(17);
  });

  it.each(['secret/r-org0-release', 'secret/r-validator-1'])('makes no new %s after the genesis', async (name) => {
    const store = without(await installed(), name);
    await expect(ensure(LOCAL, store)).rejects.toThrow(name.slice('secret/'.length));
    expect(store.objects.size).toBe(16);
  });

  it('makes a password that is gone anew', async () => {
    const store = without(await installed(), 'secret/r-postgres');
    await ensure(LOCAL, store);
    expect(store.objects.get('secret/r-postgres')?.['password']).toMatch(/^[\w-]{32}$/);
  });

  it('makes nothing anew when keys and genesis were taken away, and volumes of validators stand', async () => {
    const plan = {...LOCAL, stores: {ledger: ['data-r-validator-0-0', 'data-r-validator-1-0'], ipfs: []}};
    const left = new MemoryObjects(new Map([['claim/data-r-validator-1-0', {}]]));
    const refusal = /The genesis is gone \(ConfigMap r-consortium\), and volumes .* \(data-r-validator-1-0\)/;
    await expect(ensure(plan, left)).rejects.toThrow(refusal);
    expect([...left.objects.keys()]).toEqual(['claim/data-r-validator-1-0']);
    // Whichever part of them was taken.
    const store = without(await installed(plan), 'configmap/r-consortium');
    store.objects.set('claim/data-r-validator-0-0', {});
    await expect(ensure(plan, store)).rejects.toThrow('The genesis is gone');
    left.objects.clear();
    await ensure(plan, left);
    expect(left.objects.size).toBe(17);
  });

  it('makes no identities of IPFS peers anew beside volumes of theirs, and does without', async () => {
    const plan = {...LOCAL, stores: {ledger: [], ipfs: ['data-r-ipfs-0', 'data-r-ipfs-1']}};
    const store = without(await installed(plan), 'secret/r-ipfs');
    store.objects.set('claim/data-r-ipfs-1', {});
    await expect(ensure(plan, store)).rejects.toThrow(/volumes of theirs are \(data-r-ipfs-1\):\n {2}Secret r-ipfs/);
    expect(store.objects.has('secret/r-ipfs')).toBe(false);
    store.objects.delete('claim/data-r-ipfs-1');
    await ensure(plan, store);
    expect(store.objects.has('secret/r-ipfs')).toBe(true);
  });

  it('wants an identity for each IPFS peer before the first of them starts', async () => {
    const store = await installed();
    const peers = [...LOCAL.ipfs.peers, ...LOCAL.ipfs.peers.slice(0, 2)];
    const plan = {...LOCAL, ipfs: {...LOCAL.ipfs, peers}};
    await expect(ensure(plan, store)).rejects.toThrow(
      /r-ipfs has the identities of 3 IPFS peers, and ipfs\.peers is 5/,
    );
    const old = parseIpfsIdentities(store.objects.get('secret/r-ipfs')?.['identities.json'] ?? '');
    if (old === undefined) throw new Error('none was made');
    const more = moreIpfsIdentities(old, 5);
    expect([more.swarmSecret, more.kubo.slice(0, 3)]).toEqual([old.swarmSecret, old.kubo]);
    expect(new Set([...more.kubo, ...more.cluster].map(({id}) => id)).size).toBe(10);
    store.objects.set('secret/r-ipfs', {'identities.json': JSON.stringify(more)});
    await ensure(plan, store);
  });

  it('leaves no validator of its genesis out', async () => {
    const plan = {...LOCAL, validators: LOCAL.validators.slice(0, 1)};
    await expect(ensure(plan, await installed())).rejects.toThrow('it names 2 validators, the release has 1');
  });

  it('refuses a genesis of other keys, and names them', async () => {
    const store = await installed();
    const other = await installed();
    store.objects.set('secret/r-org1-policy', other.objects.get('secret/r-org1-policy') ?? {});
    store.objects.set('secret/r-validator-0', other.objects.get('secret/r-validator-0') ?? {});
    await expect(ensure(LOCAL, store)).rejects.toThrow(
      /the policy key of Hospital East is another one in it\n {2}validator 0 \(Secret r-validator-0\) is not in it/,
    );
  });

  it('refuses another chain id over a chain that runs', async () => {
    await expect(ensure({...LOCAL, chainId: 'other'}, await installed())).rejects.toThrow(
      /it is of the chain vitalvault-test-[0-9a-f]{8}, the release of other/,
    );
  });

  it('names a Secret that does not hold what it should', async () => {
    const store = new MemoryObjects(
      new Map([['secret/r-validator-0', {'priv_validator_key.json': '{}', 'node_key.json': '{}'}]]),
    );
    await expect(ensure(LOCAL, store)).rejects.toThrow(
      'Secret r-validator-0: priv_validator_key.json is no Ed25519 key',
    );
  });

  it('says nothing that is secret', async () => {
    said.length = 0;
    const store = await installed();
    const secrets = [...store.objects]
      .filter(([name]) => name.startsWith('secret/'))
      .flatMap(([, texts]) => Object.values(texts))
      .join('\n');
    for (const word of said.join('\n').match(/[\w+/=-]{24,}/g) ?? []) expect(secrets).not.toContain(word);
  });
});

describe('ensureIdentities, join', () => {
  async function withoutGenesis(
    plan = JOINING,
  ): Promise<{store: MemoryObjects; part: ReturnType<typeof parsePublicPart>}> {
    const store = new MemoryObjects();
    await expect(ensure(plan, store)).rejects.toThrow('a genesis is not given yet');
    return {
      store,
      part: parsePublicPart(store.objects.get('configmap/r-consortium-public')?.['public.json'] ?? '', 'public.json'),
    };
  }
  const DAY = 86_400;
  const at = (seconds: number) => new Date((1_800_000_000 + seconds) * 1_000);
  const genesisAt = (seconds: number, ...parts: ReturnType<typeof parsePublicPart>[]) =>
    renderGenesis({
      chainId: 'vitalvault-test',
      genesisTime: at(seconds).toISOString(),
      organisations: parts.map((p) => p.organisation),
      validators: parts.flatMap((p) => p.validators),
    });

  const genesisOf = (...parts: ReturnType<typeof parsePublicPart>[]) => genesisAt(0, ...parts);
  const unsigned = (store: MemoryObjects) => consortium(store)['unsigned-until-0'];

  it('first makes its keys and a public part, then takes the genesis that the consortium made of it', async () => {
    const {store, part} = await withoutGenesis();
    const other = (await withoutGenesis()).part;
    const genesis = genesisOf(part, other);
    await ensure({...JOINING, genesis}, store);
    expect(consortium(store)).toMatchObject({
      'genesis.json': genesis,
      organisation: part.organisation.id,
      'peers-0': '',
    });
  });

  it('makes no key anew beside the volume of its validator, though the genesis is given', async () => {
    const plan = {...JOINING, stores: {ledger: ['data-r-validator-0-0'], ipfs: []}};
    const {store, part} = await withoutGenesis(plan);
    const given = {...plan, genesis: genesisOf(part)};
    await ensure(given, store);
    store.objects.set('claim/data-r-validator-0-0', {});
    for (const name of ['configmap/r-consortium', 'secret/r-validator-0']) store.objects.delete(name);
    await expect(ensure(given, store)).rejects.toThrow('Secret r-validator-0: keys of validator 0');
    await expect(ensure(plan, store)).rejects.toThrow('The genesis is gone');
    expect(store.objects.has('secret/r-validator-0')).toBe(false);
  });

  it('says that a key that waited for its genesis has signed nothing', async () => {
    const {store, part} = await withoutGenesis();
    await ensure({...JOINING, genesis: genesisOf(part)}, store);
    expect(unsigned(store)).toBe(String(1_800_000_000 + 3_600));
  });

  it('does not say it a second time, when the ConfigMap with the genesis is lost and made again', async () => {
    const {store, part} = await withoutGenesis();
    const plan = {...JOINING, genesis: genesisOf(part)};
    await ensure(plan, store);
    store.objects.delete('configmap/r-consortium');
    await ensureIdentities(plan, {store, now: () => at(2 * DAY), say: () => undefined});
    expect(unsigned(store)).toBe(String(1_800_000_000 + 3_600));
  });

  it.each([
    ['long after its genesis', 0, 7 * DAY + 1, undefined],
    ['within the week', 0, 7 * DAY, String(1_800_000_000 + 7 * DAY + 3_600)],
    ['before the time of a genesis that is for later', DAY, 60, String(1_800_000_000 + 60 + 3_600)],
    ['though the genesis is older than the part that waits', -1, 0, undefined],
  ])('looks again at what was true when it waited: %s', async (_, genesisAtSeconds, now, until) => {
    const {store, part} = await withoutGenesis();
    const plan = {...JOINING, genesis: genesisAt(genesisAtSeconds, part)};
    await ensureIdentities(plan, {store, now: () => at(now), say: () => undefined});
    expect(unsigned(store)).toBe(until);
  });

  it('cut off before any call and run again, says it once: until the hour that the first run named', async () => {
    const {store: begun, part} = await withoutGenesis();
    const plan = {...JOINING, genesis: genesisOf(part)};
    const whole = new MemoryObjects(new Map(begun.objects));
    await ensure(plan, whole);
    for (let cut = 0; cut <= whole.calls; cut++) {
      const objects = new Map(begun.objects);
      await ensure(plan, new MemoryObjects(objects, cut)).catch(() => undefined);
      const word = objects.get('configmap/r-consortium-first-start')?.['until'];
      const store = new MemoryObjects(objects);
      await ensureIdentities(plan, {store, now: () => at(DAY), say: () => undefined});
      expect(unsigned(store)).toBe(word ?? String(1_800_000_000 + DAY + 3_600));
    }
  });

  it('does not say it of a chain when it said it of another one', async () => {
    const {store, part} = await withoutGenesis();
    await ensure({...JOINING, genesis: genesisOf(part)}, store);
    store.objects.delete('configmap/r-consortium');
    const other = genesisOf(part).replace('"chain_id": "vitalvault-test"', '"chain_id": "vitalvault-test-00000000"');
    await ensure({...JOINING, genesis: other}, store);
    expect(unsigned(store)).toBeUndefined();
  });

  it('does not say it of a key that came from a backup', async () => {
    const {store, part} = await withoutGenesis();
    const restored = new MemoryObjects(new Map([...store.objects].filter(([name]) => name.startsWith('secret/'))));
    await ensure({...JOINING, genesis: genesisOf(part)}, restored);
    expect(Object.keys(consortium(restored)).filter((name) => name.startsWith('unsigned'))).toEqual([]);
  });

  it('stops again with the same part, but not beside a part of other keys', async () => {
    const {store} = await withoutGenesis();
    await expect(ensure(JOINING, store)).rejects.toThrow('a genesis is not given yet');
    store.objects.delete('secret/r-validator-0');
    await expect(ensure(JOINING, store)).rejects.toThrow('another public part than that of the keys that are here');
  });

  it('refuses a genesis without this hospital', async () => {
    const {store} = await withoutGenesis();
    const genesis = genesisOf((await withoutGenesis()).part);
    await expect(ensure({...JOINING, genesis}, store)).rejects.toThrow(
      /Hospital North \([0-9a-f]{40}\) is not in it\n {2}validator 0/,
    );
    expect(store.objects.has('configmap/r-consortium')).toBe(false);
  });

  it('keeps its genesis when another one is given', async () => {
    const {store, part} = await withoutGenesis();
    await ensure({...JOINING, genesis: genesisOf(part)}, store);
    const later = genesisAt(1, part);
    await expect(ensure({...JOINING, genesis: later}, store)).rejects.toThrow('Another genesis is given');
  });

  it('takes no public part whose id is not that of its admin key', async () => {
    const {store} = await withoutGenesis();
    const text = store.objects.get('configmap/r-consortium-public')?.['public.json'] ?? '';
    expect(() => parsePublicPart(text.replace(/"id":"[0-9a-f]{40}"/, `"id":"${'0'.repeat(40)}"`), 'x')).toThrow(
      'its id is not that of its admin key',
    );
    expect(() => parsePublicPart(text.replace('"release"', '"policy"'), 'x')).toThrow('it needs exactly one');
  });
});
