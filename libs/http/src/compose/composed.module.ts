import {Module} from '@nestjs/common';
import type {DynamicModule, Type} from '@nestjs/common';
import type {Composition} from './service.js';

/** The module of a service: its controllers over what its composition function built. */
@Module({})
export class ComposedModule {
  static of(controllers: readonly Type[], {providers}: Composition): DynamicModule {
    return {module: ComposedModule, controllers: [...controllers], providers: [...providers]};
  }
}
