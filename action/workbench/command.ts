// One command of the project, in a sandbox that begins and ends with it. Its output is kept in part, its exit code is
// process 1's, and by the time anybody hears of it nothing that it started is alive.

import { KinError } from "../../core/model/error.ts";
import type { CommandRun } from "../../core/model/event.ts";
import { excerpt } from "../../core/model/excerpt.ts";
import { type Refused, refusedText } from "../../core/model/network/reach.ts";
import { cutMiddle, OUTPUT_LIMIT, TAIL_LIMIT } from "../../core/model/tail.ts";
import { type Box, type Launch, overSoon, startBox } from "./box.ts";
import { cleanOutput } from "./output.ts";
import * as inside from "./sandbox.ts";
import type { Watch } from "./totals.ts";

export interface CommandOutcome {
  readonly content: string;
  readonly is_error: boolean;
  readonly ran: CommandRun;
  /** The output, cleaned, as far as it is kept. */
  readonly text: string;
}

export interface CommandOptions {
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly watch: Watch;
  /** What it asked of the network and was refused, once it is over. */
  readonly refused?: () => readonly Refused[];
}

/** Linux allows 128 KiB for one argument. */
export const LONGEST_COMMAND = 100_000;
/** Output that nobody reads still costs the harness time. */
const MOST_PRINTED = 512 * 1024 ** 2;

/** A sandbox must not inherit pipes that the harness itself was started with. */
const CLOSED =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own.
  'for fd in /proc/self/fd/*; do fd=${fd##*/}; case $fd in 0|1|2) ;; *) eval "exec $fd>&-" ;; esac; done';

/**
 * The way to the proxy, as a child of process 1: it ends with it, and nobody needs its exit code. It listens before
 * anything else begins, and it does not use the proxy settings itself.
 */
const BRIDGED = [
  `exec {way}< <(unset NODE_USE_ENV_PROXY NODE_EXTRA_CA_CERTS; exec ${inside.RUNTIME} --disable-sigusr1 ${inside.BRIDGE} </dev/null 2>/dev/null)`,
  'read -r -t 20 -u "$way" || { echo "its way to the network did not begin" >&2; exit 1; }',
  "exec {way}<&-",
].join("; ");

/**
 * Process 1 of the sandbox, which wraps the command: a program that is process 1 itself ignores its own SIGTERM, and
 * nobody reaps what it leaves behind. Reports that it began on stderr, where only bwrap wrote until then. Limits: files
 * of at most 4 GiB, no core dumps, enough open files for any bundler; when memory runs out, commands are killed first.
 */
const LIMITED = [
  // guard: core-dumps, file-size, open-files, processes
  "ulimit -c 0; ulimit -f 4194304; ulimit -n 16384 2>/dev/null; ulimit -u 8192 2>/dev/null",
  "echo 1000 2>/dev/null >/proc/self/oom_score_adj", // guard: first-to-go
].join("; ");
const first = (bridged: boolean): string =>
  [
    CLOSED, // guard: closed-streams
    ...(bridged ? [BRIDGED] : []),
    LIMITED,
    "echo begun >&2; exec 2>/dev/null", // guard: errors-of-the-first
    // One pipe for both streams, so that their order is kept. `pipefail`, so that a later part of a pipe hides no
    // failure.
    '/bin/bash -o pipefail -c "$1" bash 2>&1; exit $?',
  ].join("; ");

/** A program of ours, with only its three standard streams open. */
export const alone = (...argv: readonly string[]): readonly string[] => [
  "/bin/bash",
  "-c",
  `${CLOSED}; exec "$@"`, // guard: closed-streams-of-services
  "kin",
  ...argv,
];

/** A program of the project's that outlives a command, with a command's limits. */
export const programFor = (argv: readonly string[]): readonly string[] => [
  "/bin/bash",
  "-c",
  `${CLOSED}; ${LIMITED}; exec "$@"`,
  "kin",
  ...argv,
];

/** `bridged`: the sandbox has a way to the proxy. */
export const shellFor = (command: string, { bridged = false } = {}): readonly string[] => [
  "/bin/bash",
  "-c",
  first(bridged),
  "kin",
  command,
];

/** Throws `sandbox_failed` if it did not begin, and `sandbox_stuck` if it does not end. */
export const runCommand = async (
  command: string,
  launch: Launch,
  { seconds, signal, watch, refused = () => [] }: CommandOptions,
): Promise<CommandOutcome> => {
  // guard: aborted-before
  if (signal.aborted)
    return outcomeOf({ command, code: null, last: INTERRUPTED, took: 0, text: "", refused: [] });
  const began = performance.now();
  const box = startBox(launch, { input: false });
  let why: string | null = null;
  let stop: (reason: string) => void = () => undefined;
  const stopped = new Promise<void>(resolve => {
    stop = reason => {
      why ??= reason;
      box.end();
      resolve();
    };
  });
  const output = collectOutput(box, () =>
    stop(`ended: it printed more than ${MOST_PRINTED / 1024 ** 2} MiB`),
  );
  const said = collectText(box);
  const interrupt = (): void => stop(INTERRUPTED);
  signal.addEventListener("abort", interrupt, { once: true }); // guard: abort
  // guard: time-limit
  const timer = setTimeout(() => stop(`stopped after its limit of ${seconds} seconds`), seconds * 1000);
  const unwatch = watch(box.pid, reason => stop(`ended: ${reason}`)); // guard: watched
  await Promise.race([box.over, stopped]);
  const end = await overSoon(box).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", interrupt);
    return unwatch();
  });
  // guard: begun
  if (why === null && (end.error !== null || !said().includes(BEGUN))) throw notBegun(end.error ?? said());
  const took = Math.round(performance.now() - began) / 1000;
  const code = why === null ? end.code : null;
  const text = cleanOutput(output());
  return outcomeOf({ command, code, last: lastLine(code, why), took, text, refused: refused() });
};

const INTERRUPTED = "interrupted";

const lastLine = (code: number | null, why: string | null): string => {
  if (why !== null) return why === INTERRUPTED ? why : `no exit code: ${why}`;
  return `exit code ${code}${code === CUT_OFF ? WHY_CUT_OFF : ""}`;
};

interface Told {
  readonly command: string;
  readonly code: number | null;
  readonly last: string;
  readonly took: number;
  readonly text: string;
  readonly refused: readonly Refused[];
}

const outcomeOf = ({ command, code, last, took, text, refused }: Told): CommandOutcome => {
  const note = refused.length === 0 ? "" : `${refusedText(refused)}\n`;
  const whole = (output: string): string =>
    `${output}${output === "" || output.endsWith("\n") ? "" : "\n"}${note}`;
  return {
    content: `${whole(cutMiddle(text, OUTPUT_LIMIT))}${last}`,
    is_error: code !== 0 && !(code === 1 && SEARCHES.test(command)),
    text,
    ran: {
      command,
      exit_code: code,
      seconds: took,
      output: excerpt(`${note === "" ? text : whole(text)}${code === null ? `${last}\n` : ""}`, TAIL_LIMIT),
      ...(refused.length === 0 ? {} : { refused: [...refused] }),
    },
  };
};

/** Commands that end with a search, for which finding nothing is not an error. */
const SEARCHES = /(?:^|[|;&\n])[ \t]*(?:(?:git[ \t]|[ef]?)grep|rg)\b[^|;&\n]*$/;

const BEGUN = "begun\n";

const notBegun = (what: string): KinError =>
  new KinError(`The sandbox did not start: ${what.trim().slice(-500) || "bwrap said nothing"}`, {
    code: "sandbox_failed",
    retryable: true,
    hint: "`kin doctor` says what this machine lacks for it.",
  });

/** SIGPIPE, as in `find / | head`. */
const CUT_OFF = 141;
const WHY_CUT_OFF = ": what stands behind a pipe did not read to the end";

/** The first and the last part of the output, however long it is. */
const collectOutput = ({ stdout }: Box, tooMuch: () => void): (() => string) => {
  const keep = 4 * OUTPUT_LIMIT;
  const head: Buffer[] = [];
  let last: Buffer[] = [];
  let headLength = 0;
  let lastLength = 0;
  let total = 0;
  stdout.on("data", (chunk: Buffer) => {
    total += chunk.length;
    if (total > MOST_PRINTED) tooMuch(); // guard: most-printed
    const first = chunk.subarray(0, keep - headLength);
    if (first.length > 0) head.push(first);
    headLength += first.length;
    const rest = chunk.subarray(first.length);
    if (rest.length === 0) return;
    last.push(rest);
    lastLength += rest.length;
    if (lastLength <= 4 * keep) return;
    last = [Buffer.concat(last).subarray(-keep)];
    lastLength = keep;
  });
  return () => {
    const end = Buffer.concat(last).subarray(-keep);
    const dropped = total - headLength - end.length;
    return (
      Buffer.concat(head).toString("utf8") +
      (dropped > 0 ? `\n[${dropped} bytes left out]\n` : "") +
      end.toString("utf8")
    );
  };
};

const collectText = ({ stderr }: Box): (() => string) => {
  let text = "";
  stderr.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString("utf8")).slice(-2000);
  });
  return () => text;
};
