import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {cpSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {REPOSITORY, inheritedEnvironment} from './config.js';
import {StoryFailed} from './narrator.js';
import {Said} from './said.js';

const VV = join(REPOSITORY, 'apps/cli/dist/main.js');

/** Where the actors of one run live, and what system they use. */
export interface Stagecraft {
  /** Directory of this run. */
  dir: string;
  endpoints: string;
}

/** Somebody in the story: a home and a passphrase of her own, and `vv` processes that see nothing else. */
export class Actor {
  readonly home: string;

  constructor(
    readonly name: string,
    private readonly craft: Stagecraft,
    private readonly passphrase = randomBytes(18).toString('base64url'),
  ) {
    this.home = join(craft.dir, name);
    mkdirSync(craft.dir, {recursive: true, mode: 0o700});
  }

  /** Somebody who got hold of this actor's things as they are now: a copy of the home, and the passphrase. */
  copied(name: string): Actor {
    const copy = new Actor(name, this.craft, this.passphrase);
    cpSync(this.home, copy.home, {recursive: true});
    return copy;
  }

  /** Runs `vv` in this actor's home, whatever comes of it. `onLine`: progress lines of its standard error. */
  async tries(args: readonly string[], onLine?: (line: string) => void): Promise<Said> {
    return this.triesWithoutHome([...args, '--home', this.home], onLine);
  }

  /** Runs a command that needs no home, whatever comes of it. */
  async triesWithoutHome(args: readonly string[], onLine?: (line: string) => void): Promise<Said> {
    const startedAt = performance.now();
    const child = spawn(
      process.execPath,
      ['--no-warnings', VV, ...args, '--endpoints', this.craft.endpoints, '--json'],
      {env: {...inheritedEnvironment(), VV_PASSPHRASE: this.passphrase}, stdio: ['ignore', 'pipe', 'pipe']},
    );
    const out: string[] = [];
    const errors: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors.push(text);
      for (const line of text.split('\n')) if (line !== '') onLine?.(line);
    });
    const exit = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        resolve(code ?? 128);
      });
    });
    const command = `${this.name}: vv ${args.join(' ')}`;
    return new Said(command, exit, jsonOf(command, out.join('') || errors.join('')), performance.now() - startedAt);
  }

  /** Runs `vv`, which must do what it is told. @throws StoryFailed */
  async does(args: readonly string[], onLine?: (line: string) => void): Promise<Said> {
    return mustBeDone(await this.tries(args, onLine));
  }

  /** The same for a command that needs no home. @throws StoryFailed */
  async doesWithoutHome(args: readonly string[]): Promise<Said> {
    return mustBeDone(await this.triesWithoutHome(args));
  }

  /** A file that this actor hands over. */
  paper(name: string): string {
    return join(this.craft.dir, `${this.name}.${name}`);
  }
}

function mustBeDone(said: Said): Said {
  if (said.exit !== 0) throw new StoryFailed(`${said.command} ended with ${said.exit}: ${said.errorText}`);
  return said;
}

// The last line is the answer; lines before it may be progress.
function jsonOf(command: string, text: string): Record<string, unknown> {
  const last = text
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('{'));
  if (last === undefined)
    return text.trim() === '' ? {} : {error: {code: 'internal', message: text.trim().slice(-2000)}};
  try {
    return JSON.parse(last) as Record<string, unknown>;
  } catch (cause) {
    throw new StoryFailed(`${command} did not answer in JSON`, {cause});
  }
}
