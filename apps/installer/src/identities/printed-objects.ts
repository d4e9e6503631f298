import type {ObjectKind, ObjectStore, Texts} from './object-store.js';
import type {Plan} from './plan.js';

/** Objects that are made for printing: nothing is there before, and what is made is kept for `kubectl apply`. */
export class PrintedObjects implements ObjectStore {
  readonly #made: {kind: ObjectKind; name: string; texts: Texts}[] = [];

  constructor(private readonly plan: Pick<Plan, 'labels' | 'annotations'>) {}

  read(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  create(kind: ObjectKind, name: string, texts: Texts): Promise<Texts> {
    this.#made.push({kind, name, texts});
    return Promise.resolve(texts);
  }

  hasClaim(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** A Kubernetes List of all of them. JSON is YAML. */
  manifest(): string {
    return (
      JSON.stringify(
        {
          apiVersion: 'v1',
          kind: 'List',
          items: this.#made.map(({kind, name, texts}) => objectOf({kind, name, texts, ...this.plan})),
        },
        undefined,
        2,
      ) + '\n'
    );
  }
}

/** A Secret or ConfigMap as the Kubernetes API takes it. */
export function objectOf(o: {kind: ObjectKind; name: string; texts: Texts; labels: Texts; annotations: Texts}): object {
  return {
    apiVersion: 'v1',
    kind: o.kind === 'secret' ? 'Secret' : 'ConfigMap',
    metadata: {name: o.name, labels: o.labels, annotations: o.annotations},
    ...(o.kind === 'secret' ? {type: 'Opaque', stringData: o.texts} : {data: o.texts}),
  };
}
