// How the harness and its services in the sandbox talk: one JSON object per line. The first line starts a service; each
// later one is a request.
import type { PathRules } from "../../core/model/patch/path-rules.ts";
import type { ToolName } from "../../core/model/role.ts";
import type { Recorded } from "../drive/ports/workbench.ts";

/** Where the project and HOME are in every sandbox, so that absolute paths are the same in setup and on all benches. */
export const WORK = "/work";
export const HOME = "/home/kin";
/** Where a program that runs beside the conversation sees its work tree. */
export const TREE = "/tree";
/** A bench's scratch directory: it lives as long as the bench, and commands and file tools share it. */
export const SCRATCH = "/tmp";

/** Without a sandbox both are somewhere on the machine; the model sees the same paths either way. */
export const asInside = (
  text: string,
  { work, tmp }: { readonly work: string; readonly tmp: string },
): string => (work === WORK ? text : text.replaceAll(work, WORK).replaceAll(tmp, SCRATCH));

export type FileToolName = Exclude<ToolName, "bash">;

export type Start = FilesStart | LedgerStart;

export interface FilesStart {
  readonly service: "files";
  /** The work tree as the service sees it: `/work`, or a directory of the machine if there is no sandbox. */
  readonly work: string;
  /** The scratch directory likewise: `/tmp`, or one that belongs to this bench. */
  readonly tmp: string;
  readonly rules: PathRules;
}

/** Directories as the service sees them. */
export interface LedgerStart {
  readonly service: "ledger";
  /** Absolute path of the git program. */
  readonly program: string;
  /** The harness's git directory, read-only. */
  readonly git: string;
  /** Where this bench's records write: its index and its objects. */
  readonly own: string;
  readonly work: string;
  readonly home: string;
  readonly tmp: string;
  /** What a bench is copied from; null for the one that setup makes. */
  readonly from: string | null;
}

export type Ask = FilesAsk | LedgerAsk;
export type FilesAsk = { readonly kind: "call"; readonly tool: FileToolName; readonly input: unknown };

export type LedgerAsk =
  /** Lays a tree into an empty work tree, and below it those of its submodules. */
  | {
      readonly kind: "check_out";
      readonly tree: string;
      readonly submodules: readonly { readonly path: string; readonly tree: string }[];
    }
  /** After setup: puts the tracked files at `to`, and reports what else setup made. */
  | { readonly kind: "separate"; readonly from: string; readonly to: string }
  /** Copies the prepared checkout, which holds `from`, and turns it into `to`. */
  | { readonly kind: "copy"; readonly from: string; readonly to: string }
  /** Puts these files over what is there; null removes one. */
  | { readonly kind: "lay"; readonly files: readonly LaidFile[] }
  /** Makes the throwaway repository. */
  | { readonly kind: "found"; readonly repository: Repository }
  | {
      readonly kind: "record";
      readonly rules: PathRules;
      readonly baseline: string;
      readonly tree: string;
      /**
       * Whether modification times prove nothing: a command may have changed a file in the second in which git last saw
       * it.
       */
      readonly racy: boolean;
      /** What file tools wrote since the last record. */
      readonly written: readonly string[];
    }
  | { readonly kind: "measure" }
  | { readonly kind: "clear" };

export interface LaidFile {
  readonly path: string;
  readonly content: string | null;
}

/** The repository that commands find in the tree. It borrows its objects. */
export interface Repository {
  readonly base: string;
  readonly head: string;
  /** The harness's objects, by the path that commands see. */
  readonly objects: string;
  readonly exclude: readonly string[];
}

export interface Separated {
  readonly restored: readonly string[];
  readonly patterns: readonly string[];
}

export interface Measured {
  readonly bytes: number;
  readonly inodes: number;
  /** False if something could not be entered, so that there may be more. */
  readonly whole: boolean;
}

export interface FileOutcome {
  readonly content: string;
  readonly is_error: boolean;
  /** The path in the work tree of the file that was written, if any. */
  readonly wrote?: string | undefined;
}

export interface Answers {
  readonly call: FileOutcome;
  /** The paths of submodules that were left out because their place is not an empty directory. */
  readonly check_out: readonly string[];
  readonly separate: Separated;
  readonly copy: null;
  readonly lay: null;
  readonly found: null;
  readonly record: Recorded;
  readonly measure: Measured;
  readonly clear: null;
}

export type Request = (Ask & { readonly id: string }) | { readonly kind: "cancel"; readonly id: string };

export type Answer =
  | { readonly id: string; readonly ok: unknown }
  | { readonly id: string; readonly failed: { readonly message: string; readonly retryable: boolean } };

export const DEFAULT_SECONDS = 120;
export const MAX_SECONDS = 600;
