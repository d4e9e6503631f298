import type {BaseName} from '../base/bases.js';
import type {Component} from '../sbom/bom.js';

export interface StageContext {
  /** Folder that becomes `/` of the image. */
  root: string;
  /** Where what is expensive and does not change is kept between runs. */
  cache: string;
}

/** How one image is made. */
export interface Recipe {
  name: string;
  title: string;
  /** SPDX expression of everything in the image beside Debian's packages. */
  licenses: string;
  /** Folder of its Containerfile in deploy/images. */
  containerfile: string;
  base: BaseName;
  /** Another base that the Containerfile builds with, as its argument `JDK_BASE`. */
  jdk?: BaseName;
  /** Files and folders of the repository it comes from; its revision is the commit that changed them last. */
  sources: string[];
  /** Hash of all that is staged, without staging it. */
  inputs: () => Promise<string>;
  /** Fills `root`. @returns what the image has beyond its base */
  stage: (context: StageContext) => Promise<Component[]>;
}
