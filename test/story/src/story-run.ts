import type {Endpoints} from './endpoints.js';
import type {PlainRate} from './papers.js';
import type {Actor} from './actor.js';
import type {Facts} from './facts.js';
import type {Narrator} from './narrator.js';
import type {Props} from './props.js';
import type {Site} from './site.js';

/** One playing of the story. */
export interface StoryRun {
  data: string;
  endpoints: Endpoints;
  site: Site;
  narrator: Narrator;
  facts: Facts;
  props: Props;
  source: {file: string; rows: PlainRate[]};
  cast: Cast;
}

/** Who plays; each is a `vv` process of her own each time she does something. */
export interface Cast {
  /** The office of the organisation that runs the stack. */
  office: Actor;
  patient: Actor;
  watch: Actor;
  clinician: Actor;
  /** Another patient, who wants the watch. */
  stranger: Actor;
  /** Somebody whom no organisation sponsors. */
  outsider: Actor;
}

/** A step of the story. */
export interface Step {
  title: string;
  play: (run: StoryRun) => Promise<void>;
}
