import {releaseRegisterContract} from '../contracts/release-register.contract.js';
import {MemoryReleaseRegister} from './memory-release-register.js';

releaseRegisterContract('memory', () => {
  const register = new MemoryReleaseRegister();
  return {register, told: () => Promise.resolve(register.told.map(({messageId}) => messageId))};
});
