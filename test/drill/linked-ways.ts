import {Link} from './link.js';
import type {Validator} from './validator.js';
import type {Ways} from './ways.js';

/** Every pair of validators is joined by a TCP proxy of this process: cut, connections are reset. */
export class LinkedWays implements Ways {
  readonly name = 'TCP links';

  private constructor(private readonly links: ReadonlyMap<string, Link>) {}

  static async open(validators: number): Promise<LinkedWays> {
    const links = new Map<string, Link>();
    for (let i = 0; i < validators; i++) for (let j = 0; j < i; j++) links.set(`${i}-${j}`, await Link.open());
    return new LinkedWays(links);
  }

  placing(): object {
    return {};
  }

  leadTo(validators: readonly Validator[]): Promise<void> {
    for (const [name, link] of this.links) link.leadTo(validators[Number(name.split('-')[1])]?.comet.p2pPort ?? 0);
    return Promise.resolve();
  }

  address(from: number, to: number): string {
    return `127.0.0.1:${this.link(from, to).port}`;
  }

  cut(from: number, to: number): Promise<void> {
    this.link(from, to).cut();
    return Promise.resolve();
  }

  mend(from: number, to: number): Promise<void> {
    this.link(from, to).mend();
    return Promise.resolve();
  }

  close(): Promise<void> {
    for (const link of this.links.values()) link.close();
    return Promise.resolve();
  }

  private link(from: number, to: number): Link {
    const link = this.links.get(`${from}-${to}`);
    if (link === undefined) throw new RangeError(`there is no link from ${from} to ${to}`);
    return link;
  }
}
