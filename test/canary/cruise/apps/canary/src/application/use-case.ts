import {store} from '../adapters/store.js';
export const useCase = store;
