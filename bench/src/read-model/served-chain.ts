import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import type {Scratch} from '../suite/scratch.js';
import type {BlocksToMake, ChainTold} from './chain-process.js';

const PROGRAM = join(import.meta.dirname, 'chain-process.ts');

/** A made chain in a process of its own, behind CometBFT's RPC: one node, of which followers read. */
export class ServedChain {
  private constructor(
    private readonly child: ReturnType<typeof fork>,
    private told: ChainTold,
    private readonly gone: Promise<never>,
  ) {}

  /** With its people enrolled; ended with the row. */
  static async start(scratch: Scratch): Promise<ServedChain> {
    const path = join(scratch.directory('chain'), 'blocks');
    const child = fork(PROGRAM, [path], {execArgv: [...withoutHeap(process.execArgv), '--max-old-space-size=6144']});
    scratch.defer(async () => {
      if (child.exitCode === null) {
        child.kill();
        await once(child, 'exit');
      }
    });
    const gone = goneOf(child);
    gone.catch(() => undefined);
    return new ServedChain(child, await nextOf(child, gone), gone);
  }

  get url(): string {
    return this.told.url;
  }

  get genesis(): Uint8Array {
    return Buffer.from(this.told.genesis, 'base64');
  }

  get height(): bigint {
    return BigInt(this.told.height);
  }

  get fileBytes(): number {
    return this.told.fileBytes;
  }

  /** The blocks, and an empty one after them. */
  async add(order: BlocksToMake): Promise<void> {
    this.child.send(order);
    this.told = await nextOf(this.child, this.gone);
  }
}

async function nextOf(child: ReturnType<typeof fork>, gone: Promise<never>): Promise<ChainTold> {
  const [told] = (await Promise.race([once(child, 'message'), gone])) as [ChainTold];
  return told;
}

async function goneOf(child: ReturnType<typeof fork>): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the process of the chain ended with ${String(code)}`);
}

const withoutHeap = (flags: readonly string[]): string[] => flags.filter((flag) => !flag.startsWith('--max-old-space'));
