export {lenientOptions} from './lenient-options.js';
export {ODD_TEXTS} from './odd-texts.js';
export {rawOptions} from './raw-options.js';
