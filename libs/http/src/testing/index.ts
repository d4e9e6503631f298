export {describedRoutes, registeredRoutes} from './registered-routes.js';
