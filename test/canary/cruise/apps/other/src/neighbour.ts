import {store} from '../../canary/src/adapters/store.js';
export const neighbour = store;
