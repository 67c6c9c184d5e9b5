// Where the files of a pipeline are, and where tools run.
import type { FileChange } from "../../../core/model/change.ts";
import type { Config } from "../../../core/model/config.ts";
import type { CommandRun, Unavailable } from "../../../core/model/event.ts";
import type { FoundGuides } from "../../../core/model/guide.ts";
import type { ModuleRecord } from "../../../core/model/knowledge.ts";
import type { Look } from "../../../core/model/look.ts";
import type { ToolUseBlock } from "../../../core/model/message.ts";
import type { Scope } from "../../../core/model/role.ts";
import type { FoundSkills } from "../../../core/model/skill.ts";

/**
 * The files of one pipeline on the runner's machine.
 *
 * Contract:
 * - repository code and model input run only in a sandbox, one per command: no secrets, no process of the machine, and
 *   (except in setup) no host that the configuration does not list; the files they wrote are examined in a sandbox too,
 *   once none of their processes is alive;
 * - nothing in a sandbox can write to the harness's own git directory; the bench's `.git` is never read;
 * - everything is below one directory, which `close` removes.
 */
export interface Workbench {
  /**
   * Fetches `base` and `head` (if there is one), runs the setup commands on base's files with network, lays head's
   * files over the result and records that as the baseline. Idempotent per runner.
   */
  readonly setUp: (request: SetupRequest) => Promise<SetupResult>;
  /** A conversation's own copy of the work tree at `tree`, with what setup made. */
  readonly open: (request: {
    readonly key: string;
    readonly tree: string;
    readonly scope: Scope;
    /** What earlier steps wrote, for the throwaway repository that commands find in the tree. */
    readonly history?: readonly History[];
  }) => Promise<Bench>;
  /**
   * Runs the harness's commands in order, on a new bench that holds `tree` and what setup makes of it, and nothing done
   * on any other bench. If the tree changes what setup reads, setup runs again there; if that is not possible, each run
   * says `not_judged`. A null tree is the base's own.
   */
  readonly judge: (
    tree: string | null,
    commands: readonly string[],
    options: JudgeOptions,
  ) => Promise<readonly CommandRun[]>;
  /** A text file of the base, from git's store; null if it is missing, not text, or too large. */
  readonly baseFile: (path: string) => Promise<string | null>;
  /** What somebody sees who reads everything between the default branch and `tree`. */
  readonly look: (tree: string) => Promise<Look>;
  /** Applies the changes to the baseline and returns the resulting tree, which is known from then on. */
  readonly lay: (changes: readonly FileChange[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface History {
  /** The whole tree after it. A tree unknown to this runner is skipped. */
  readonly tree: string;
  readonly title: string;
}

export interface SetupRequest {
  readonly base: string;
  readonly head: string | null;
  readonly config: Config;
  readonly signal: AbortSignal;
}

export interface SetupResult {
  readonly ok: boolean;
  readonly tree: string;
  readonly commands: readonly CommandRun[];
  readonly reason: string | null;
  /** Commands that check the project, inferred from its manifests because the configuration names none. */
  readonly detected?: readonly string[];
  /** Further inferred commands whose program no sandbox has here. */
  readonly unavailable?: readonly Unavailable[];
  /** The base's files with the project's rules for contributions, unchanged. */
  readonly rules?: readonly { readonly path: string; readonly text: string }[];
  /** The base's files that tell agents how to work on the project, unchanged. */
  readonly guides?: FoundGuides;
  /** The parts of a monorepo, by its workspaces. */
  readonly scopes?: readonly ModuleRecord[];
  readonly skills?: FoundSkills;
}

export interface ToolOutcome {
  readonly content: string;
  readonly is_error: boolean;
  /** Set when the tool was `bash`. */
  readonly ran: CommandRun | null;
}

/**
 * Contract: calls are made one after another; a tool's failure is an outcome; when a call returns, nothing that it
 * started is alive. Throws, retryable: `service_lost`, `sandbox_failed`, `sandbox_stuck`, `record_failed`; not
 * retryable: `disk_full`.
 */
export interface Bench {
  readonly call: (use: ToolUseBlock, options: { readonly signal: AbortSignal }) => Promise<ToolOutcome>;
  /**
   * Starts a program that lives as long as the conversation, in its own sandbox without network. It runs from the
   * default branch's files as setup left them, at `/work`, and sees the conversation's at `/tree`, all read-only.
   * Throws `server_unavailable` if there is no sandbox.
   */
  readonly start: (program: Program, ear: Ear) => Promise<Running>;
  /** Runs the harness's commands, such as a repeated proof, on one new bench of the tree last recorded here. */
  readonly judge: (commands: readonly string[], options: JudgeOptions) => Promise<readonly CommandRun[]>;
  /**
   * The work tree now, and how it differs from the last recorded one. What the scope, the protected paths or the checks
   * on patches refuse is put back as it was and named in `refused`.
   */
  readonly record: () => Promise<Recorded>;
  readonly close: () => Promise<void>;
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the sandbox's own. May hold secrets, which appear on no command line. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Ear {
  readonly line: (text: string) => void;
  /** The beginning of a line that is too long to read. */
  readonly tooLong: (begins: string) => void;
}

export interface Running {
  readonly say: (line: string) => void;
  /** Why it ended, with its last words on stderr. Never rejects. */
  readonly over: Promise<string>;
  /** Resolves when none of its processes is alive. */
  readonly end: () => Promise<void>;
}

export interface JudgeOptions {
  /** The limit for each command. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

export interface Recorded {
  readonly tree: string;
  readonly changes: readonly FileChange[];
  readonly refused: readonly { readonly path: string; readonly why: string }[];
}
