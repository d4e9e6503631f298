import type {DeliverWebhooks} from './deliver-webhooks.js';

/** Has deliveries begun: at once when poked or when there was one, else now and then for what has become due. */
export class DeliveryLoop {
  #stopped = false;
  #poked = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly options: {idleMs: number; onFailure: (error: unknown) => void; onDone: () => void},
    private readonly ports: {deliver: Pick<DeliverWebhooks, 'execute' | 'drain'>},
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    await this.ports.deliver.drain();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#poked = false;
      if ((await this.#round()) === 0) await this.#sleep();
    }
  }

  async #round(): Promise<number> {
    try {
      const begun = await this.ports.deliver.execute();
      this.options.onDone();
      return begun;
    } catch (error) {
      this.options.onFailure(error);
      return 0;
    }
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.options.idleMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped || this.#poked) this.#wake();
    });
  }
}
