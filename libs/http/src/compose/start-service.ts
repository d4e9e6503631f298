import {Opened} from '@vitalvault/process';
import type {Host, RunningService} from '@vitalvault/process';
import {createHttpService} from '../service/create-http-service.js';
import {ComposedModule} from './composed.module.js';
import type {Service, ServiceSettings} from './service.js';
import {watchFollowers} from './watch-followers.js';

const addressLimits = ({trustedProxies = [], addressBurst, addressRefillPerSecond}: ServiceSettings) => ({
  trustedProxies,
  ...(addressBurst === undefined || addressRefillPerSecond === undefined
    ? {}
    : {addressRate: {burst: addressBurst, refillPerSecond: addressRefillPerSecond}}),
});

/**
 * Starts a service: composes it, listens, then starts what runs beside the requests. Closing is the same list
 * backwards: drain and end requests, stop the background, close what the composition opened. A start that fails does it
 * too.
 */
export async function startService<Config extends ServiceSettings>(
  service: Service<Config>,
  host: Host<Config>,
): Promise<RunningService> {
  const {config, logger, readiness} = host;
  const opened = new Opened();
  try {
    const composition = await service.compose(config, {...host, opened, clientId: `vv-${service.name}`});
    const {background, checks, drained, followers = [], limits, transports} = composition;
    for (const work of background) opened.add(work, (it) => it.stop());
    for (const {name, check, needed} of checks) readiness.add(name, check, {needed});
    for (const follower of followers) readiness.addFollower(follower);
    opened.add(watchFollowers(followers), (unwatch) => unwatch());
    const http = await createHttpService({
      module: ComposedModule.of(service.controllers, composition),
      logger,
      readiness,
      host: config.host,
      httpPort: config.httpPort,
      ...limits,
      ...addressLimits(config),
      ...(config.drainMs === undefined ? {} : {drainMs: config.drainMs}),
      ...(drained === undefined ? {} : {drained}),
      microservices: transports,
    });
    opened.add(http, (it) => it.close());
    const url = await http.listen();
    for (const work of background) await work.start();
    logger.info('listening', {url});
  } catch (error) {
    await opened.abandon();
    throw error;
  }
  return {close: () => opened.close()};
}
