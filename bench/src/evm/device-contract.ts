import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {keccak_256} from '@noble/hashes/sha3.js';
import {sha256Of} from '@vitalvault/contracts';
import {optionalPackage} from '../suite/optional-package.js';
import {addressOf, callData, hex, signedEthereumTx, signRecoverably} from './ethereum-tx.js';

export const EVM_HOME = join(import.meta.dirname, '..', '..', 'evm');

interface Provider {
  request(call: {method: string; params?: unknown[]}): Promise<unknown>;
}

interface Solc {
  compile(input: string): string;
}

const keyOf = (name: string): Uint8Array => sha256Of(new TextEncoder().encode(`vitalvault bench ${name}`));
/** Of the one account that pays: a router, which the paper need not trust. */
export const SENDER_KEY = keyOf('sender');

/** Gas of a transaction that CA's table has. */
export type Gas = Readonly<Record<'register' | 'registerAndList' | 'verify' | 'firstInsert' | 'insert', number>>;

/** CA's contract on revm in Hardhat's process, and the transactions that it takes. */
export class DeviceContract {
  private nonce = 0;
  private address = new Uint8Array(0);
  private readonly device = keyOf('device');
  private inserted = 0;

  private constructor(private readonly provider: Provider) {}

  static async deploy(): Promise<DeviceContract> {
    const {network} = optionalPackage('hardhat', EVM_HOME) as {network: {provider: Provider}};
    const contract = new DeviceContract(network.provider);
    const {contractAddress} = await contract.receiptOf(contract.sign(compiled(), true));
    contract.address = new Uint8Array(Buffer.from((contractAddress ?? '').slice(2), 'hex'));
    return contract;
  }

  async gas(): Promise<Gas> {
    const used = async (data: Uint8Array): Promise<number> => Number((await this.receiptOf(this.sign(data))).gasUsed);
    const other = addressOf(keyOf('another device'));
    return {
      register: await used(callData('register(address)', [addressOf(this.device)])),
      registerAndList: await used(callData('registerAndList(address)', [other])),
      verify: await used(this.signedData('verify')),
      firstInsert: await used(this.signedData('verifyAndInsert')),
      insert: await used(this.signedData('verifyAndInsert')),
    };
  }

  /** A signed transaction that verifies and inserts the next reading. */
  insertion(): string {
    return this.sign(this.signedData('verifyAndInsert'));
  }

  async send(txs: readonly string[]): Promise<void> {
    for (const tx of txs) await this.provider.request({method: 'eth_sendRawTransaction', params: [tx]});
  }

  async mine(): Promise<void> {
    await this.provider.request({method: 'evm_mine'});
  }

  /** How many readings the contract holds. */
  async count(): Promise<number> {
    const call = {to: hex(this.address), data: hex(callData('count(address)', [addressOf(this.device)]))};
    return Number(await this.provider.request({method: 'eth_call', params: [call, 'latest']}));
  }

  private signedData(name: 'verify' | 'verifyAndInsert'): Uint8Array {
    const data = sha256Of(Uint8Array.of(...new Uint8Array(Uint32Array.of(++this.inserted).buffer)));
    const {recovery, r, s} = signRecoverably(keccak_256(data), this.device);
    const words = [addressOf(this.device), data, Uint8Array.of(27 + recovery), r, s];
    return callData(`${name}(address,bytes32,uint8,bytes32,bytes32)`, words);
  }

  private sign(data: Uint8Array, makes = false): string {
    return signedEthereumTx({nonce: this.nonce++, data, ...(makes ? {} : {to: this.address})}, SENDER_KEY);
  }

  private async receiptOf(tx: string): Promise<{gasUsed: string; contractAddress: string | null}> {
    const hash = await this.provider.request({method: 'eth_sendRawTransaction', params: [tx]});
    await this.mine();
    const receipt = (await this.provider.request({method: 'eth_getTransactionReceipt', params: [hash]})) as {
      status: string;
      gasUsed: string;
      contractAddress: string | null;
    } | null;
    if (receipt?.status !== '0x1') throw new Error('the contract refused a transaction');
    return receipt;
  }
}

function compiled(): Uint8Array {
  const solc = optionalPackage('solc', EVM_HOME) as Solc;
  const input = {
    language: 'Solidity',
    sources: {'iot-devices.sol': {content: readFileSync(join(EVM_HOME, 'iot-devices.sol'), 'utf8')}},
    settings: {optimizer: {enabled: true, runs: 200}, outputSelection: {'*': {'*': ['evm.bytecode.object']}}},
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as {
    contracts?: Record<string, Record<string, {evm: {bytecode: {object: string}}}>>;
    errors?: {formattedMessage: string}[];
  };
  const code = output.contracts?.['iot-devices.sol']?.['IoTDevices']?.evm.bytecode.object;
  if (code === undefined) throw new Error(output.errors?.map((error) => error.formattedMessage).join('\n'));
  return new Uint8Array(Buffer.from(code, 'hex'));
}
