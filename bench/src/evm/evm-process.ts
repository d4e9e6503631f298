import {fork} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {join} from 'node:path';
import {CannotMeasure} from '../suite/row.js';
import type {Scratch} from '../suite/scratch.js';
import {SENDER_KEY} from './device-contract.js';
import {hex} from './ethereum-tx.js';
import type {Gas} from './device-contract.js';
import type {EvmMessage, EvmOrder, EvmSample} from './serve-evm.js';

/** CA's contract in a process of its own. */
export class EvmProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly gas: Gas,
  ) {}

  /** @throws CannotMeasure when the packages of bench/evm are not there */
  static async start(scratch: Scratch): Promise<EvmProcess> {
    const child = fork(join(import.meta.dirname, 'serve-evm.ts'), [], {
      env: {...process.env, BENCH_EVM_KEY: hex(SENDER_KEY), HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true'},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    scratch.defer(() => child.kill('SIGKILL'));
    const first = await answerOf(child);
    if (!('gas' in first)) throw new CannotMeasure('failed' in first ? first.failed : 'the EVM does not start');
    return new EvmProcess(child, first.gas);
  }

  async sample(order: EvmOrder): Promise<EvmSample> {
    this.child.send(order);
    const answer = await answerOf(this.child);
    if (!('sample' in answer)) throw new Error('failed' in answer ? answer.failed : 'no sample');
    return answer.sample;
  }
}

function answerOf(child: ChildProcess): Promise<EvmMessage> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      reject(new Error('the process of the EVM ended'));
    };
    child.once('close', ended);
    child.once('message', (message: EvmMessage) => {
      child.removeListener('close', ended);
      resolve(message);
    });
  });
}
