import {setTimeout as pause} from 'node:timers/promises';
import {eventually} from '@vitalvault/testkit';
import {hotFunctions} from '../suite/hot-functions.js';
import type {CpuProfile} from '../suite/hot-functions.js';
import type {Fact} from '../suite/row.js';

/** Where Node listens for whoever asks, after SIGUSR1. */
const INSPECTOR = 'http://127.0.0.1:9229/json/list';
const SAMPLING_MICROSECONDS = 500;
const HOT_FUNCTIONS = 40;

/** In which functions a Node process spends the next `seconds`, in themselves and with what they call. */
export async function profileProcess(name: string, pid: number, seconds: number): Promise<Fact[]> {
  const inspector = await Inspector.open(pid);
  try {
    await inspector.ask('Profiler.enable');
    await inspector.ask('Profiler.setSamplingInterval', {interval: SAMPLING_MICROSECONDS});
    await inspector.ask('Profiler.start');
    await pause(seconds * 1_000);
    const {profile} = (await inspector.ask('Profiler.stop')) as {profile: CpuProfile};
    return (['self', 'total'] as const).map((of) => ({
      title: `profile of ${name}, ${of}`,
      value: hotFunctions([profile], HOT_FUNCTIONS, of)
        .map((hot) => `${(hot.share * 100).toFixed(1)} % ${hot.name}`)
        .join(' · '),
    }));
  } finally {
    inspector.close();
  }
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
}

/** The inspector of another process. */
class Inspector {
  #last = 0;
  readonly #waiting = new Map<number, (result: unknown) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({data}) => {
      const {id, result} = JSON.parse(String(data)) as Answer;
      if (id === undefined) return;
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** @throws Error when another process has the port */
  static async open(pid: number): Promise<Inspector> {
    process.kill(pid, 'SIGUSR1');
    const url = await eventually(
      async () => {
        const [target] = (await (await fetch(INSPECTOR)).json()) as {webSocketDebuggerUrl: string}[];
        if (target === undefined) throw new Error('nothing to inspect');
        return target.webSocketDebuggerUrl;
      },
      10_000,
      100,
    );
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, {once: true});
      socket.addEventListener('error', reject, {once: true});
    });
    const inspector = new Inspector(socket);
    const asked = {expression: 'process.pid', returnByValue: true};
    const {result} = (await inspector.ask('Runtime.evaluate', asked)) as {result: {value: number}};
    if (result.value === pid) return inspector;
    inspector.close();
    throw new Error(`process ${result.value} is inspected, not ${pid}`);
  }

  ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.socket.send(JSON.stringify({id, method, params}));
    });
  }

  close(): void {
    this.socket.close();
  }
}
