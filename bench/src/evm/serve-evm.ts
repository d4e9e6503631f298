import {DeviceContract, EVM_HOME} from './device-contract.js';
import type {Gas} from './device-contract.js';

/** Microseconds of CPU for each transaction of a sample: all of it, and the block alone. */
export interface EvmSample {
  readonly microseconds: number;
  readonly blockMicroseconds: number;
}

export type EvmMessage = {readonly gas: Gas} | {readonly sample: EvmSample} | {readonly failed: string};

/** What a sample asks for. */
export interface EvmOrder {
  readonly blocks: number;
  readonly txs: number;
}

/** The EVM's process: its CPU time is that of nothing else. Signing is done before the clock runs. */
const cpu = (): number => {
  const {user, system} = process.cpuUsage();
  return user + system;
};

const send = (message: EvmMessage): void => {
  process.send?.(message);
};

async function sample(contract: DeviceContract, {blocks, txs}: EvmOrder): Promise<EvmSample> {
  const before = await contract.count();
  let [all, mining] = [0, 0];
  for (let block = 0; block < blocks; block++) {
    const signed = Array.from({length: txs}, () => contract.insertion());
    const start = cpu();
    await contract.send(signed);
    const sent = cpu();
    await contract.mine();
    const end = cpu();
    [all, mining] = [all + end - start, mining + end - sent];
  }
  if ((await contract.count()) - before !== blocks * txs) throw new Error('not every reading was inserted');
  return {microseconds: all / (blocks * txs), blockMicroseconds: mining / (blocks * txs)};
}

try {
  // Hardhat looks for its configuration there.
  process.chdir(EVM_HOME);
  const contract = await DeviceContract.deploy();
  send({gas: await contract.gas()});
  process.on('message', (order: EvmOrder) => {
    sample(contract, order).then(
      (found) => {
        send({sample: found});
      },
      (error: unknown) => {
        send({failed: String(error)});
      },
    );
  });
} catch (error) {
  send({failed: error instanceof Error ? error.message : String(error)});
}
