import type {ObjectKind, ObjectStore, Texts} from '../../src/identities/object-store.js';

/** A namespace in memory. `diesAfter`: the process is cut off before that call. */
export class MemoryObjects implements ObjectStore {
  calls = 0;

  constructor(
    readonly objects = new Map<string, Texts>(),
    private readonly diesAfter = Infinity,
  ) {}

  read(kind: ObjectKind, name: string): Promise<Texts | undefined> {
    this.count();
    return Promise.resolve(this.objects.get(`${kind}/${name}`));
  }

  create(kind: ObjectKind, name: string, texts: Texts): Promise<Texts> {
    this.count();
    const stands = this.objects.get(`${kind}/${name}`) ?? texts;
    this.objects.set(`${kind}/${name}`, stands);
    return Promise.resolve(stands);
  }

  hasClaim(name: string): Promise<boolean> {
    this.count();
    return Promise.resolve(this.objects.has(`claim/${name}`));
  }

  private count(): void {
    if (this.calls >= this.diesAfter) throw new Error('cut off');
    this.calls += 1;
  }
}
