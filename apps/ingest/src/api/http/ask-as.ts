import {addressKey} from '@vitalvault/http';
import type {Strangers} from '@vitalvault/http';
import type {FastifyRequest} from 'fastify';
import type {AskAsStranger} from '../../application/ports.js';

/** As who posts may ask for what nobody knows: by his address. */
export const askAs =
  ({ip}: Pick<FastifyRequest, 'ip'>, strangers: Strangers): AskAsStranger =>
  (unknown) =>
    strangers.ask(addressKey(ip), unknown);
