import {StoryError} from '../story-error.js';
import {configMap, componentOf, deployment, podList, secret, serviceList} from './objects.js';
import type {Pod, PodSpec, Service} from './objects.js';
import type {Kubectl} from './kubectl.js';

/** A release of the chart, as its labels and names tell. */
export class Release {
  private constructor(
    readonly kubectl: Kubectl,
    private readonly selector: string,
    readonly fullname: string,
    readonly services: ReadonlyMap<string, Service>,
  ) {}

  /** @throws StoryError */
  static async find(kubectl: Kubectl, name: string): Promise<Release> {
    const selector = `app.kubernetes.io/instance=${name}`;
    const {items} = await kubectl.get(serviceList, ['services', '-l', selector]);
    const ingest = items.find((service) => componentOf(service) === 'ingest');
    if (ingest === undefined)
      throw new StoryError(`There is no release ${name} of VitalVault in this namespace.`, {
        remedy: 'See `helm list`; name --release and --namespace.',
      });
    return new Release(
      kubectl,
      selector,
      ingest.metadata.name.replace(/-ingest$/, ''),
      new Map(items.map((service) => [service.metadata.name, service])),
    );
  }

  /** Pods of a component, or all, by name. */
  async pods(component?: string): Promise<Pod[]> {
    const {items} = await this.kubectl.get(podList, ['pods', '-l', this.selector]);
    return items
      .filter((pod) => component === undefined || componentOf(pod) === component)
      .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name, 'en', {numeric: true}));
  }

  service(part: string): Service {
    const found = this.services.get(`${this.fullname}-${part}`);
    if (found === undefined)
      throw new StoryError(`The release has no Service ${this.fullname}-${part}.`, {
        remedy:
          part === 'kafka' || part === 'postgres'
            ? 'The story looks into the disks of Kafka and PostgreSQL: it needs them in the release (mode evaluation).'
            : 'Is it a release of VitalVault? See `kubectl get services`.',
      });
    return found;
  }

  /** Validators of this release, by number. */
  validators(): number[] {
    const numbers = [...this.services.keys()].flatMap((name) =>
      name.startsWith(`${this.fullname}-validator-`) ? [/-validator-(\d+)$/.exec(name)?.[1] ?? []].flat() : [],
    );
    return [...new Set(numbers.map(Number))].sort((a, b) => a - b);
  }

  async podSpecOf(part: string): Promise<PodSpec> {
    return (await this.kubectl.get(deployment, ['deployment', `${this.fullname}-${part}`])).spec.template.spec;
  }

  /** The ConfigMap with the genesis and who is who, as policy is told it. */
  async consortium(): Promise<Record<string, string>> {
    const {containers} = await this.podSpecOf('policy');
    const chainId = containers.flatMap(({env}) => env).find(({name}) => name === 'VITALVAULT_CHAIN_ID');
    return (
      await this.kubectl.get(configMap, [
        'configmap',
        chainId?.valueFrom?.configMapKeyRef?.name ?? `${this.fullname}-consortium`,
      ])
    ).data;
  }

  /** @throws StoryError */
  async secretText(name: string, key: string): Promise<string> {
    const value = (await this.kubectl.get(secret, ['secret', name])).data[key];
    if (value === undefined)
      throw new StoryError(`The Secret ${name} has no ${key}.`, {
        remedy: "The installer makes it before the first start; see the log of the installer's pod.",
      });
    return Buffer.from(value, 'base64').toString('utf8');
  }
}
