// A page of a real Chromium, by what its DevTools speak: five methods of it need no library.
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';

const START_MS = 30_000;
const PATIENCE_MS = 30_000;
const LOOK_MS = 200;
const FLAGS = [
  '--headless=new',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--disable-lcd-text',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--remote-debugging-port=0',
];

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: {readonly message: string};
}

/** How large a page is, in pixels. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

export class ChromiumPage {
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #asked = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly profile: string,
    private readonly socket: WebSocket,
  ) {
    socket.addEventListener('message', ({data}) => {
      this.#take(JSON.parse(String(data)) as Answer);
    });
    socket.addEventListener('close', () => {
      for (const {reject} of this.#waiting.values()) reject(new Error('Chromium went away'));
      this.#waiting.clear();
    });
  }

  /** @throws Error that says what to install */
  static async open(): Promise<ChromiumPage> {
    const profile = mkdtempSync(join(tmpdir(), 'vv-chromium-'));
    // Its sandbox cannot be set up for root; only pages of this machine are opened.
    const flags = [...FLAGS, `--user-data-dir=${profile}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
    const child = spawn('chromium', [...flags, 'about:blank'], {stdio: ['ignore', 'ignore', 'pipe']});
    try {
      const {port} = new URL(await devTools(child));
      const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
        type: string;
        webSocketDebuggerUrl: string;
      }[];
      const socket = new WebSocket(pages.find(({type}) => type === 'page')?.webSocketDebuggerUrl ?? '');
      await new Promise((resolve, reject) => {
        socket.addEventListener('open', resolve, {once: true});
        socket.addEventListener('error', reject, {once: true});
      });
      return new ChromiumPage(child, profile, socket);
    } catch (error) {
      child.kill('SIGKILL');
      rmSync(profile, {recursive: true, force: true});
      throw error;
    }
  }

  /** Opens an address, as wide and high as this. */
  async visit(url: string, {width, height}: PageSize): Promise<void> {
    await this.#ask('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: 1, mobile: false});
    const {errorText} = await this.#ask('Page.navigate', {url});
    if (typeof errorText === 'string') throw new Error(`${url}: ${errorText}`);
    await this.until('document.readyState === "complete"');
  }

  /** What an expression of JavaScript is in the page, as JSON takes it. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.#ask('Runtime.evaluate', {expression, returnByValue: true});
    if (answer['exceptionDetails'] !== undefined) throw new Error(`${expression} throws in the page`);
    return (answer['result'] as {value: T}).value;
  }

  /** What a person reads. */
  text(): Promise<string> {
    return this.evaluate<string>('document.body.innerText');
  }

  /** @throws Error with the page's text, when the expression is not true in time */
  async until(expression: string, patienceMs = PATIENCE_MS): Promise<void> {
    const end = Date.now() + patienceMs;
    while (!(await this.evaluate<boolean>(expression))) {
      if (Date.now() > end) throw new Error(`not so in time: ${expression}. The page says:\n${await this.text()}`);
      await pause(LOOK_MS);
    }
  }

  /** The page as a PNG. */
  async picture(file: string): Promise<void> {
    const {data} = await this.#ask('Page.captureScreenshot', {format: 'png', optimizeForSpeed: false});
    writeFileSync(file, Buffer.from(String(data), 'base64'));
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.socket.close();
    if (this.child.kill('SIGTERM')) await Promise.race([gone, pause(5_000)]);
    this.child.kill('SIGKILL');
    rmSync(this.profile, {recursive: true, force: true, maxRetries: 5});
  }

  #ask(method: string, params: object): Promise<Record<string, unknown>> {
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#asked += 1;
    this.#waiting.set(this.#asked, answer);
    this.socket.send(JSON.stringify({id: this.#asked, method, params}));
    return answer.promise;
  }

  #take({id = 0, result = {}, error}: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }
}

/** Where it says that its DevTools listen. */
function devTools(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => {
      reject(new Error(`Chromium does not start:\n${said}`));
    }, START_MS);
    const end = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(why));
    };
    child.once('error', () => {
      end('There is no `chromium`: on Debian, `apt-get install chromium`.');
    });
    child.once('exit', (code) => {
      end(`Chromium ended with ${String(code)}:\n${said}`);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_096);
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
