import {Test} from '@nestjs/testing';
import {Opened, Readiness, createLogger} from '@vitalvault/process';
import type {Host} from '@vitalvault/process';
import {ManagedHost} from '@vitalvault/process/testing';
import {ComposedModule} from '../src/compose/composed.module.js';
import type {Composition, Service, ServiceSettings} from '../src/compose/service.js';
import {ServiceModule} from '../src/service/service.module.js';

/** Builds a service as its program does, and starts nothing. @param use is given it; then what it opened is closed */
async function composed<Config extends ServiceSettings>(
  service: Service<Config>,
  settings: object,
  use: (composition: Composition) => unknown,
): Promise<void> {
  const logger = createLogger({service: 'spec', level: 'error', destination: {write: () => undefined}});
  const opened = new Opened();
  const config = service.config.parse(settings);
  try {
    const host: Host<Config> = new ManagedHost(config, logger);
    await use(await service.compose(config, {...host, opened, clientId: 'vv-spec'}));
  } finally {
    await opened.close();
  }
}

/**
 * What must hold of the composition of every service, without any engine.
 * @param settings with which it can be composed: real key files, addresses where nobody is
 */
export function describeComposition<Config extends ServiceSettings>(
  service: Service<Config>,
  settings: () => object,
): void {
  it('has for every controller all that it asks for', async () => {
    await composed(service, settings(), async (composition) => {
      const logger = createLogger({service: 'spec', level: 'error', destination: {write: () => undefined}});
      const module = ComposedModule.of(service.controllers, composition);
      const imports = [ServiceModule.around(module, {logger, readiness: new Readiness()})];
      const built = await Test.createTestingModule({imports}).compile();
      for (const controller of service.controllers) expect(built.get(controller, {strict: false})).toBeDefined();
    });
  });

  it('is stopped without harm before it was started, from the last part to the first', async () => {
    await composed(service, settings(), async ({background}) => {
      for (const work of [...background].reverse()) await work.stop();
    });
  });

  it('names each of its readiness checks once', async () => {
    await composed(service, settings(), ({checks}) => {
      expect(new Set(checks.map(({name}) => name)).size).toBe(checks.length);
    });
  });
}
