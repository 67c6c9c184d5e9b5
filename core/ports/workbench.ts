// Where the files of a pipeline are, and where tools run.
import type { FileChange } from "../model/change.ts";
import type { Config } from "../model/config.ts";
import type { CommandRun } from "../model/event.ts";
import type { ToolUseBlock } from "../model/message.ts";
import type { Scope } from "../model/role.ts";

/**
 * The files of one pipeline on the runner's machine.
 *
 * Contract:
 * - repository code and model input run only in the sandbox: no secret, no network (but for setup), no host process;
 * - the harness's own git directory is outside of every mount; the agent's `.git` is never read;
 * - everything is below one directory, which `close` removes.
 */
export interface Workbench {
  /**
   * Fetches `base` and `head` (where there is one), runs the setup commands on base's files with network,
   * lays head's files over the result and records that as the baseline. Idempotent per runner.
   */
  readonly setUp: (request: SetupRequest) => Promise<SetupResult>;
  /** A conversation's own copy of the work tree at `tree`, with what setup made, and its tool process. */
  readonly open: (request: {
    readonly key: string;
    readonly tree: string;
    readonly scope: Scope;
  }) => Promise<Bench>;
  /** Makes `tree` known again on a new runner by laying the changes over the baseline. Throws when the result differs. */
  readonly restore: (changes: readonly FileChange[], tree: string) => Promise<void>;
  readonly close: () => Promise<void>;
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
}

export interface ToolOutcome {
  readonly content: string;
  readonly is_error: boolean;
  /** Set when the tool was `bash`. */
  readonly ran: CommandRun | null;
}

/**
 * Contract: one call at a time per bench; a tool's failure is an outcome; only a lost tool process throws
 * (`tool_process_lost`, retryable).
 */
export interface Bench {
  readonly call: (use: ToolUseBlock, options: { readonly signal: AbortSignal }) => Promise<ToolOutcome>;
  /** A command of the harness (a quality gate), in the same sandbox. */
  readonly run: (
    command: string,
    options: { readonly seconds: number; readonly signal: AbortSignal },
  ) => Promise<CommandRun>;
  /**
   * The work tree now, and how it differs from the last recorded one. What the scope, the protected paths or
   * the checks on patches refuse is put back as it was and named in `refused`.
   */
  readonly record: () => Promise<Recorded>;
  readonly close: () => Promise<void>;
}

export interface Recorded {
  readonly tree: string;
  readonly changes: readonly FileChange[];
  readonly refused: readonly { readonly path: string; readonly why: string }[];
}
