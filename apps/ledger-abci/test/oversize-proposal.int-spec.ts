import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {AbciApplication} from '@vitalvault/abci';
import {changedComet, cometBinary, grammarBreaches} from '@vitalvault/abci/testing';
import type {Edit} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';
import {eventually} from '@vitalvault/testkit';
import {startFourValidators, stopValidators} from './four-validators.js';
import type {Validator} from './four-validators.js';

const TX_BYTES = 65_500;
const OFFERED = Math.ceil((LIMITS.cometBlockBytes + 65_536) / TX_BYTES);
const WORDS = 'the spec offers a block above the limit';

/** From height 3 on, once, it proposes more than CometBFT allows, and does not look at its own limits. */
const BYZANTINE: readonly Edit[] = [
  {
    old: '		cs.metrics.ProposalCreateCount.Add(1)\n',
    new: `		cs.metrics.ProposalCreateCount.Add(1)
		if height >= 3 && !offered {
			offered = true
			cs.Logger.Error("${WORDS}", "height", height)
			var txs types.Txs
			for i := 0; i < ${String(OFFERED)}; i++ {
				txs = append(txs, bytes.Repeat([]byte{byte(i)}, ${String(TX_BYTES)}))
			}
			block, err = cs.state.MakeBlock(height, txs, block.LastCommit, block.Evidence.Evidence, block.ProposerAddress)
			if err != nil {
				panic(err)
			}
		}
`,
  },
  {
    old: 'func (cs *State) defaultDecideProposal(',
    new: 'var offered = false\n\nfunc (cs *State) defaultDecideProposal(',
  },
  {
    old: '(maxBytes-1)/int64(types.BlockPartSizeBytes)+1 {',
    new: '(maxBytes-1)/int64(types.BlockPartSizeBytes)+1000000 {',
  },
  {old: 'if cs.ProposalBlockParts.ByteSize() > maxBytes {', new: 'if cs.ProposalBlockParts.ByteSize() > maxBytes*2 {'},
];

let dir: string;
let validators: Validator[] = [];
const fatal: Error[] = [];
/** The largest proposal that each application was asked about, in bytes. */
const largest = [0, 0, 0, 0];

/** Notes what each application is asked about. */
function noting(honest: AbciApplication, place: number): AbciApplication {
  return {
    ...honest,
    processProposal: (request) => {
      const bytes = request.txs.reduce((sum, tx) => sum + tx.length, 0);
      largest[place] = Math.max(largest[place] ?? 0, bytes);
      return honest.processProposal(request);
    },
  };
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-oversize-'));
  const byzantine = await changedComet({'consensus/state.go': BYZANTINE}, join(dir, 'byzantine'));
  const honest = await cometBinary();
  validators = await startFourValidators({
    dir,
    chainId: 'oversize',
    binaries: [byzantine, honest, honest, honest],
    timeoutProposeMs: 5_000,
    between: noting,
    onFatal: (error) => fatal.push(error),
  });
}, 300_000);

afterAll(async () => {
  await stopValidators(validators);
  await rm(dir, {recursive: true, force: true});
}, 60_000);

const logOf = ({home}: Validator): Promise<string> => readFile(join(home, 'cometbft.log'), 'utf8');

test('a proposal above block.max_bytes is refused by CometBFT itself: no application is asked, and the chain goes on', async () => {
  const [byzantine, ...honest] = validators;
  if (byzantine === undefined) throw new Error('no validators');
  await eventually(async () => {
    expect(await logOf(byzantine)).toContain(WORDS);
  }, 60_000);
  const offeredAt = honest[0]?.ledger.tip?.height ?? 0n;
  await eventually(() => {
    for (const {ledger} of honest) expect(ledger.tip?.height ?? 0n).toBeGreaterThan(offeredAt + 5n);
  }, 100_000);
  for (const one of honest) expect(await logOf(one)).toContain('proposal block has too many parts');
  expect(largest.slice(1)).toEqual([0, 0, 0]);
  expect(fatal).toEqual([]);
  for (const {calls} of validators) expect(grammarBreaches(calls)).toEqual([]);
  expect(honest.map(({server}) => server.connections)).toEqual([4, 4, 4]);
}, 200_000);
