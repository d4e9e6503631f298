import {releaseRegisterContract} from '../contracts/release-register.contract.js';
import {MemoryReleaseRegister} from './memory-release-register.js';

releaseRegisterContract('memory', () => new MemoryReleaseRegister());
