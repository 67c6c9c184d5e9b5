// What intake, publishing and the run API work with. Built once, in main.ts.

import type { Clock } from "../core/model/clock.ts";
import type { KinError } from "../core/model/error.ts";
import type { ProjectRecord } from "../core/model/record.ts";
import type { Roster } from "../core/model/role.ts";
import type { GitHub } from "./github/port.ts";
import type { Folds } from "./runs/folds.ts";
import type { Store } from "./store/port.ts";

export interface Plane {
  readonly store: Store;
  readonly folds: Folds;
  readonly clock: Clock;
  readonly roster: Roster;
  /** Kin's own App: its own actions come back as webhooks and are ignored by these ids. */
  readonly app: { readonly id: number; readonly slug: string; readonly bot_id: number };
  /** The account that workflows' jobs use on this server. */
  readonly actions_bot_id: number;
  readonly github: (
    project: Pick<ProjectRecord, "id" | "owner" | "name" | "installation_id">,
  ) => Promise<GitHub>;
  /** A second App that may ask for changes on Kin's pull requests; null if none is configured. */
  readonly reviewer: {
    readonly bot_id: number;
    readonly github: (project: Pick<ProjectRecord, "id" | "owner" | "name">) => Promise<GitHub>;
  } | null;
  /** A token for the harness's git: one repository, contents: read, valid for at most an hour. */
  readonly readToken: (project: ProjectRecord) => Promise<string>;
  /** The installation that GitHub itself names for this repository; null if the App is not installed. */
  readonly installationOf: (owner: string, name: string) => Promise<number | null>;
  /** Every repository that the App is now installed on, by GitHub's own list. */
  readonly repositories: () => Promise<readonly ProjectRecord[]>;
  /** GitHub's list of what it sent to the App, newest first, back to `since`. GitHub never resends by itself. */
  readonly deliveries: {
    readonly list: (since: string) => Promise<readonly Delivery[]>;
    readonly redeliver: (id: number) => Promise<void>;
  };
  /** HMAC-SHA-256 with KIN_SECRET, in hex: for markers that nobody else can write. */
  readonly sign: (text: string) => string;
  readonly random: () => string;
  readonly sha256: (text: string) => string;
  /** GitHub's web address, and the App's own public one; no trailing slash. */
  readonly server_url: string;
  readonly public_url: string;
  readonly log: (line: string) => void;
  /** Reports a failure worth an operator's attention. */
  readonly warn: (error: KinError | Error, about: string) => void;
}

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly at: string;
  readonly ok: boolean;
}

/** The login that workflows' jobs act under; its id is 41898282 on github.com and another on GHES. */
export const ACTIONS_BOT = "github-actions[bot]";

export const TRIGGER_LABEL = "kin";
export const WORKFLOW = "kin.yml";
export const CONFIG_PATH = ".github/kin.yml";
export const GATE_CHECK = "kin/gate";
