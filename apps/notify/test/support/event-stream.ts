/** Reads server-sent events of one response until it is closed. */
export class EventStream {
  readonly events: {id: string; data: {kind: string; id: string; seq: string}}[] = [];
  comments = 0;
  ended = false;
  readonly #controller = new AbortController();

  async open(url: string, headers: Record<string, string>): Promise<Response> {
    const response = await fetch(url, {
      headers: {...headers, accept: 'text/event-stream'},
      signal: this.#controller.signal,
    });
    if (response.status === 200)
      void this.#read(response)
        .catch(() => undefined)
        .finally(() => (this.ended = true));
    return response;
  }

  close(): void {
    this.#controller.abort();
  }

  async #read(response: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, {stream: true});
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    if (block.startsWith(':')) {
      this.comments++;
      return;
    }
    const field = (name: string): string =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2) ?? '';
    if (field('event') === 'alert') this.events.push({id: field('id'), data: JSON.parse(field('data'))});
  }
}
