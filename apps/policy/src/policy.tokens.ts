import {token} from '@vitalvault/http';
import type {Projection} from './application/ports.js';

/** Injection tokens of what controllers read directly. */
export const PROJECTION = token<Projection>('PROJECTION');
export const CHAIN_ID = token<string>('CHAIN_ID');
