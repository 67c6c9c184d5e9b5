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
 * - repository code and model input run only in a sandbox, one for each command: no secret, no host that the
 *   configuration does not list (but for setup), no process of the machine's; and files that they wrote are looked at in one, when nothing of them is alive;
 * - the harness's own git directory can be written by nothing in a sandbox; the bench's `.git` is never read;
 * - everything is below one directory, which `close` removes.
 */
export interface Workbench {
  /**
   * Fetches `base` and `head` (where there is one), runs the setup commands on base's files with network,
   * lays head's files over the result and records that as the baseline. Idempotent per runner.
   */
  readonly setUp: (request: SetupRequest) => Promise<SetupResult>;
  /** A conversation's own copy of the work tree at `tree`, with what setup made. */
  readonly open: (request: {
    readonly key: string;
    readonly tree: string;
    readonly scope: Scope;
    /** What earlier steps wrote, for the throwaway repository that commands find in the tree; none where absent. */
    readonly history?: readonly History[];
  }) => Promise<Bench>;
  /**
   * Commands of the harness, in order, on a new bench that holds `tree` and what setup makes of it, and nothing that was
   * done on another. Where the tree changes what setup reads, setup is done again there; where that is not possible,
   * each run says `not_judged`. The tree null is the base's own.
   */
  readonly judge: (
    tree: string | null,
    commands: readonly string[],
    options: JudgeOptions,
  ) => Promise<readonly CommandRun[]>;
  /** A text file of the base, from git's store; null where it is none, or too large. */
  readonly baseFile: (path: string) => Promise<string | null>;
  /** What a reader of everything between the default branch and `tree` is shown. */
  readonly look: (tree: string) => Promise<Look>;
  /** The tree that the changes make of the baseline, which is known from here on. */
  readonly lay: (changes: readonly FileChange[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface History {
  /** The whole tree after it. A tree that this runner does not know is passed over. */
  readonly tree: string;
  /** Of its commit. */
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
  /** Commands that check the project, where the configuration names none and its manifests tell. */
  readonly detected?: readonly string[];
  /** Others that they tell, and the program of each that no sandbox has here. */
  readonly unavailable?: readonly Unavailable[];
  /** The files of the base with the project's rules for contributions, as they are. */
  readonly rules?: readonly { readonly path: string; readonly text: string }[];
  /** The files of the base that tell agents how to work on it, as they are. */
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
 * started is alive. Throws, retryable: `service_lost`, `sandbox_failed`, `sandbox_stuck`, `record_failed`; else
 * `disk_full`.
 */
export interface Bench {
  readonly call: (use: ToolUseBlock, options: { readonly signal: AbortSignal }) => Promise<ToolOutcome>;
  /**
   * Starts a program that lives beside the conversation and ends with it, in a sandbox of its own, without network. It
   * runs from the default branch's files as setup left them, at `/work`; the conversation's own it sees at `/tree`. All of
   * that it can only read. Throws `server_unavailable` where there is no sandbox.
   */
  readonly start: (program: Program, ear: Ear) => Promise<Running>;
  /** Commands of the harness, such as a repeated proof, on one new bench of the tree that was last recorded here. */
  readonly judge: (commands: readonly string[], options: JudgeOptions) => Promise<readonly CommandRun[]>;
  /**
   * The work tree now, and how it differs from the last recorded one. What the scope, the protected paths or
   * the checks on patches refuse is put back as it was and named in `refused`.
   */
  readonly record: () => Promise<Recorded>;
  readonly close: () => Promise<void>;
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Besides the sandbox's own; it may hold secrets, which are on no command line. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a program says, line by line. */
export interface Ear {
  readonly line: (text: string) => void;
  /** A line that is longer than anybody reads, by how it begins. */
  readonly tooLong: (begins: string) => void;
}

export interface Running {
  readonly say: (line: string) => void;
  /** Why it is over, and what it last said on its stream of errors. Never rejects. */
  readonly over: Promise<string>;
  /** Resolves when nothing of it is alive. */
  readonly end: () => Promise<void>;
}

export interface JudgeOptions {
  /** The limit of each command. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

export interface Recorded {
  readonly tree: string;
  readonly changes: readonly FileChange[];
  readonly refused: readonly { readonly path: string; readonly why: string }[];
}
