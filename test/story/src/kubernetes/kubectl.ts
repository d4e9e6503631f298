import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {z} from 'zod';
import {StoryError} from '../story-error.js';

/** Which cluster, and which part of it. */
export interface KubectlOptions {
  /** Program; default `kubectl` in PATH. */
  program?: string | undefined;
  kubeconfig?: string | undefined;
  namespace: string;
}

/** A container of a pod. */
interface Container {
  pod: string;
  container: string;
}

const TAIL = 600;
/** How often a copy is asked for: a stream that ends early three times is a fault to look at. */
const COPIES = 3;
/** @spec POSIX pax, ustar interchange format: an archive ends with two blocks of 512 zero bytes. */
const TAR_END = 1024;
/** Tar ends with 1 when a file changed or went while it was read: a running engine's disk is never still. */
const TAR_CHANGED = /file changed as we read it|File removed before we read it|socket ignored|file shrank/;

/** `kubectl` as a program: what an administrator could type as well. */
export class Kubectl {
  constructor(private readonly options: KubectlOptions) {}

  /** Standard output as bytes. @throws StoryError */
  async bytes(args: readonly string[], input?: Buffer): Promise<Buffer> {
    const child = this.spawn(args);
    const out: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    const ended = ending(child);
    child.stdin?.on('error', () => undefined).end(input ?? Buffer.alloc(0));
    const {code, errors} = await ended;
    if (code !== 0) throw failed(args, errors);
    return Buffer.concat(out);
  }

  async text(args: readonly string[], input?: Buffer): Promise<string> {
    return (await this.bytes(args, input)).toString('utf8');
  }

  /** An object or list, as far as `shape` asks. */
  async get<T>(shape: z.ZodType<T>, args: readonly string[]): Promise<T> {
    return shape.parse(JSON.parse(await this.text(['get', ...args, '-o', 'json'])));
  }

  /**
   * Copies directories out of a container into one of this machine, as they are at this moment. A stream of
   * megabytes through the API server ends early now and then, when the machine is busy: it is then asked for anew.
   */
  async copyOut(at: Container, from: readonly string[], to: string): Promise<void> {
    mkdirSync(to, {recursive: true, mode: 0o700});
    for (let left = COPIES - 1; ; left--) {
      const wrong = await this.copyOnce(at, from, to);
      if (wrong === undefined) return;
      if (left === 0) throw wrong;
    }
  }

  private async copyOnce({pod, container}: Container, from: readonly string[], to: string) {
    const args = ['exec', pod, '-c', container, '--', 'tar', '-cSf', '-', '-C', '/', ...from.map((path) => `.${path}`)];
    const packing = this.spawn(args);
    const unpacking = spawn('tar', ['-xf', '-', '--no-same-owner', '--no-same-permissions', '-C', to], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const ends = Promise.all([ending(packing), ending(unpacking)]);
    packing.stdin?.end();
    // A broken pipe is told by the side that broke.
    unpacking.stdin.on('error', () => undefined);
    let end = Buffer.alloc(0);
    packing.stdout?.on('data', (chunk: Buffer) => {
      end = Buffer.concat([end, chunk]).subarray(-TAR_END);
    });
    packing.stdout?.pipe(unpacking.stdin);
    const [packed, unpacked] = await ends;
    if (packed.code !== 0 && !TAR_CHANGED.test(packed.errors)) return failed(args, packed.errors);
    if (unpacked.code !== 0) return failed(['tar', '-x'], `${unpacked.errors.trim()} ${packed.errors}`);
    // Cut between two files an archive unpacks without a word: only its end tells that it is whole.
    return end.length === TAR_END && end.every((byte) => byte === 0)
      ? undefined
      : failed(args, `the archive ended early. ${packed.errors}`);
  }

  /** Starts it and leaves it running. */
  spawn(args: readonly string[]): ChildProcess {
    const {program = 'kubectl', kubeconfig, namespace} = this.options;
    const where = [...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]), '--namespace', namespace];
    return spawn(program, [...where, ...args], {stdio: ['pipe', 'pipe', 'pipe']});
  }
}

function ending(child: ChildProcess): Promise<{code: number; errors: string}> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4 * TAIL);
    });
    child.on('error', (cause) => {
      reject(
        new StoryError(`${child.spawnfile} cannot be started.`, {
          remedy: 'Install kubectl, or name it with --kubectl FILE.',
          cause,
        }),
      );
    });
    child.on('close', (code) => {
      resolve({code: code ?? 128, errors});
    });
  });
}

function failed(args: readonly string[], errors: string): StoryError {
  return new StoryError(`kubectl ${args.slice(0, 4).join(' ')} failed: ${errors.trim().slice(-TAIL)}`, {
    remedy: 'Try the same with kubectl yourself; check --kubeconfig, --namespace and your rights.',
  });
}
