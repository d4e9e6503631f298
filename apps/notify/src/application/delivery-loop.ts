import type {DeliverWebhooks} from './deliver-webhooks.js';

/** Runs rounds of deliveries: at once when poked, else now and then for what has become due. */
export class DeliveryLoop {
  #stopped = false;
  #poked = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly options: {idleMs: number; onFailure: (error: unknown) => void},
    private readonly ports: {deliver: DeliverWebhooks},
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
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#poked = false;
      const tried = await this.ports.deliver.execute().catch((error: unknown) => {
        this.options.onFailure(error);
        return 0;
      });
      if (tried === 0) await this.#sleep();
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
