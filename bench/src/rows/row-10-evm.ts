import {TEST_TIME} from '@vitalvault/ledger-state/testing';
import {nativeVerify} from '../../../apps/ledger-abci/src/crypto/native-verify.js';
import {EvmProcess} from '../evm/evm-process.js';
import {BenchLedger} from '../ledger/bench-ledger.js';
import {Cast, READINGS_PER_RECORD} from '../ledger/cast.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

/** A pool takes 64 transactions of one key: blocks are of 60 on both sides. */
const TXS = 60;
const PATIENTS = 50;
/** As storage fills a transaction: nearly 64 KiB. */
const RECORDS_IN_TX = 150;
const ALONE = 'ledger-abci';
const FULL = 'ledger-abci, full transactions';
const BLOCK_ALONE = 'EVM, its block alone';

/**
 * What the papers' nearest relative costs: CA, Table 1, on revm; ours does CheckTx, FinalizeBlock and a durable
 * Commit.
 */
export const ROW_10: Row = {
  number: '10',
  title: "CPU to verify and insert, against CA's contract on revm",
  arms: arms('µs CPU/record', 'EVM', BLOCK_ALONE, ALONE, FULL),
  claims: [
    {
      title: 'EVM ÷ ledger-abci, a transaction of one record',
      target: {atLeast: 8},
      of: quotient('EVM', ALONE),
      whenMissed:
        'the target leaves 75 µs for a transaction, and its two signatures, of organisation and device, cost ' +
        'more than that by libsecp256k1 (the prototype had one). By profile they are a quarter. Protobuf is a third: ' +
        'reading, writing, and writing again to see that it was canonical. CheckTx is two thirds of all, for it runs the ' +
        'whole rule that FinalizeBlock runs again, and has to: what it lets in must be what a block can execute (ADR 0036).',
    },
    {
      title: 'EVM ÷ ledger-abci, a reading in a record of 64',
      target: {atLeast: 250},
      of: (round) => quotient('EVM', ALONE)(round) * READINGS_PER_RECORD,
      whenMissed: 'as above: the ratio for a record, times 64.',
    },
    {
      title: 'EVM ÷ ledger-abci, a reading in a record of 64 among others, as storage fills a transaction',
      of: (round) => quotient('EVM', FULL)(round) * READINGS_PER_RECORD,
    },
    {title: "the EVM's block alone ÷ ledger-abci, a transaction of one record", of: quotient(BLOCK_ALONE, ALONE)},
  ],
  rounds: {full: 9, quick: 3},
  setup: async ({scratch, quick}) => {
    const blocks = quick ? 2 : 10;
    const evm = await EvmProcess.start(scratch);
    const ledger = await BenchLedger.open(scratch.directory('evm'), nativeVerify());
    scratch.defer(() => ledger.close());
    const cast = new Cast(PATIENTS, TEST_TIME);
    for (const block of cast.enrolment()) await ledger.block(block);
    let ours: Uint8Array[][] = [];
    let blockAlone = 0;
    let ledgerCost = {microseconds: 0, milliseconds: 0};
    return {
      prepare: (arm) => {
        if (arm === ALONE) ours = Array.from({length: blocks}, () => Array.from({length: TXS}, () => cast.anchor(1)));
        if (arm === FULL) ours = Array.from({length: blocks}, () => [cast.anchor(RECORDS_IN_TX)]);
      },
      sample: async (arm) => {
        if (arm === BLOCK_ALONE) return blockAlone;
        if (arm === FULL) return (await costOf(ledger, ours, blocks * RECORDS_IN_TX)).microseconds;
        if (arm === ALONE) return (ledgerCost = await costOf(ledger, ours, blocks * TXS)).microseconds;
        const {microseconds, blockMicroseconds} = await evm.sample({blocks, txs: TXS});
        blockAlone = blockMicroseconds;
        return microseconds;
      },
      facts: () => [
        {
          title: 'CA, Table 1 (gas): registration, verification, verification and insertion',
          value: '44,192 · 25,568 · 69,822',
        },
        {
          title: 'the contract written anew (gas)',
          value:
            `${figure(evm.gas.register)} · ${figure(evm.gas.verify)} · ${figure(evm.gas.firstInsert)} for the first, ` +
            `${figure(evm.gas.insert)} for later ones; registration with the list of devices ${figure(evm.gas.registerAndList)}`,
        },
        {
          title: 'ours: registration, record alone, record among 200',
          value:
            `${String(registrationBytes(cast))} bytes · ${String(cast.anchor(1).length)} bytes · ` +
            `${(cast.anchor(200).length / 200).toFixed(0)} bytes; no gas`,
        },
        {
          title: 'ours, the last sample, a record alone',
          value: `${ledgerCost.microseconds.toFixed(0)} µs CPU, ${ledgerCost.milliseconds.toFixed(3)} ms until durable`,
        },
      ],
    };
  },
};

const figure = (gas: number): string => gas.toLocaleString('en-US');

const registrationBytes = (cast: Cast): number => cast.enrolment()[1]?.[0]?.length ?? 0;

async function costOf(
  ledger: BenchLedger,
  blocks: readonly (readonly Uint8Array[])[],
  count: number,
): Promise<{microseconds: number; milliseconds: number}> {
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  for (const txs of blocks) {
    for (const tx of txs) await ledger.check(tx);
    await ledger.block(txs);
  }
  const {user, system} = process.cpuUsage(cpu);
  return {microseconds: (user + system) / count, milliseconds: (performance.now() - start) / count};
}
