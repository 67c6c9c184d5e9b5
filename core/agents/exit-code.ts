// What a command's exit code tells: that a check went well, that something is there, or nothing.
import { parseShell, type Shell, type Simple } from "./shell.ts";

/** From the least to the most. */
const WORTH = ["nothing", "shows", "checks"] as const;
type Worth = (typeof WORTH)[number];

/**
 * Whether a command's exit code is not a check's: what follows the check cannot fail or only shows something, or there is
 * no check at all.
 */
export const isMasked = (command: string): boolean => {
  if (command.trim() === "") return false;
  const shell = parseShell(command);
  if (shell === null) return true;
  const { tells, lost } = told(shell, HERE());
  return tells === "nothing" || (tells === "shows" && lost);
};

interface Told {
  /** What makes it fail. */
  readonly tells: Worth;
  /** What ends the whole shell with a failure, wherever it is. */
  readonly halts: Worth;
  /** A check ran, and nobody learns how it ended. */
  readonly lost: boolean;
  /** It never succeeds; `exit` also ends the shell. */
  readonly fails?: "exit" | "status";
  /** Nothing after it runs. */
  readonly ends?: boolean;
}

interface Place {
  /** `set -e`, if it has an effect here. */
  stops: boolean;
  /** The sandbox's shell starts with it. */
  pipefail: boolean;
  readonly functions: Map<string, Told>;
  readonly depth: number;
}

const HERE = (): Place => ({ stops: false, pipefail: true, functions: new Map(), depth: 0 });

const most = (...all: readonly Worth[]): Worth =>
  WORTH[Math.max(...all.map(one => WORTH.indexOf(one)))] ?? "nothing";
const least = (...all: readonly Worth[]): Worth =>
  WORTH[Math.min(...all.map(one => WORTH.indexOf(one)))] ?? "nothing";

const NOTHING: Told = { tells: "nothing", halts: "nothing", lost: false };

const told = (shell: Shell, place: Place): Told => {
  switch (shell.kind) {
    case "simple":
      return stopping(toldSimple(shell, place), place);
    case "list":
      return toldList(shell.items, place);
    case "pipe": {
      const parts = shell.parts.map(part => aside(part, place));
      const tells = most(...(place.pipefail ? parts : parts.slice(-1)).map(part => part.tells));
      const lost = parts.some(part => part.lost || (part.tells === "checks" && tells !== "checks"));
      const whole = { tells, halts: "nothing", lost } as const;
      // `set -e` ignores what `!` negates.
      return shell.negated ? whole : stopping(whole, place);
    }
    case "and": {
      const left = asCondition(shell.left, place);
      const right = told(shell.right, place);
      const both = {
        tells: most(left.tells, right.tells),
        halts: most(left.halts, right.halts),
        lost: left.lost || right.lost,
      };
      return right.fails === undefined ? both : { ...both, fails: right.fails };
    }
    case "or":
      return either(asCondition(shell.left, place), told(shell.right, place));
    case "background": {
      const { tells, lost } = aside(shell.body, place);
      return { ...NOTHING, lost: lost || tells === "checks" };
    }
    case "subshell":
      return stopping(aside(shell.body, place), place);
    case "if": {
      const condition = asCondition(shell.condition, place);
      const then = told(shell.then, place);
      const otherwise = shell.otherwise === null ? null : told(shell.otherwise, place);
      return branched(condition, { then, otherwise });
    }
    case "loop": {
      const condition = shell.condition === null ? NOTHING : asCondition(shell.condition, place);
      const { tells, halts, lost } = told(shell.body, place);
      // Of all rounds, only the end of the last is known.
      return {
        tells: halts,
        halts: most(halts, condition.halts),
        lost: lost || condition.lost || (tells === "checks" && halts !== "checks"),
      };
    }
    case "case": {
      const branches = shell.branches.map(branch => told(branch, place));
      return {
        tells: branches.length === 0 ? "nothing" : least(...branches.map(({ tells }) => tells)),
        halts: branches.length === 0 ? "nothing" : least(...branches.map(({ halts }) => halts)),
        lost: branches.some(({ lost }) => lost),
      };
    }
    case "function":
      place.functions.set(shell.name, told(shell.body, place));
      return NOTHING;
    default:
      return shell satisfies never;
  }
};

/** In a subshell: what ends it ends nothing else. */
const aside = (shell: Shell, place: Place): Told => {
  const { tells, halts, lost, fails } = told(shell, { ...place });
  const whole = { tells: most(tells, halts), halts: "nothing", lost } as const;
  return fails === undefined ? whole : { ...whole, fails: "status" };
};

/** `set -e` has no effect in the conditions of `&&`, `||` and `if`. */
const asCondition = (shell: Shell, place: Place): Told => {
  const here = { ...place, stops: false };
  const found = told(shell, here);
  place.pipefail = here.pipefail;
  return found;
};

const stopping = (found: Told, { stops }: Place): Told =>
  stops ? { ...found, halts: most(found.halts, found.tells) } : found;

const either = (left: Told, right: Told): Told => {
  const lost = left.lost || right.lost;
  if (right.fails === "exit") return { tells: left.tells, halts: most(left.tells, left.halts), lost };
  if (right.fails === "status") return { ...left, lost };
  const tells = least(left.tells, right.tells);
  const isTakenUp = left.tells === "checks" && right.tells !== "checks";
  return { tells, halts: most(left.halts, right.halts), lost: lost || isTakenUp };
};

const branched = (
  condition: Told,
  { then, otherwise }: { readonly then: Told; readonly otherwise: Told | null },
): Told => {
  const lost = [condition, then, otherwise].some(part => part?.lost === true);
  const halts = most(condition.halts, least(then.halts, otherwise?.halts ?? "nothing"));
  const failing = [then, otherwise].find(part => part?.fails !== undefined) ?? null;
  if (failing !== null) {
    // One branch fails anyway, so the condition decides.
    const other = failing === then ? otherwise : then;
    const tells = most(condition.tells, other?.tells ?? "nothing");
    return { tells, halts: failing.fails === "exit" ? most(condition.tells, halts) : halts, lost };
  }
  const tells = otherwise === null ? then.tells : least(then.tells, otherwise.tells);
  return { tells, halts, lost: lost || (condition.tells === "checks" && tells !== "checks") };
};

const toldList = (items: readonly Shell[], place: Place): Told => {
  let whole: Told = NOTHING;
  for (const item of items) {
    const last = told(item, place);
    whole = {
      tells: most(whole.halts, last.tells),
      halts: most(whole.halts, last.halts),
      lost:
        whole.lost ||
        last.lost ||
        (whole.tells === "checks" && whole.halts !== "checks" && last.tells !== "checks"),
      ...(last.fails === undefined ? {} : { fails: last.fails }),
    };
    if (last.ends === true) return { ...whole, ends: true };
  }
  return whole;
};

const toldSimple = (simple: Simple, place: Place): Told => {
  const [name = "", ...rest] = calledBy(simple.words);
  if (name === "") {
    // An assignment ends as its substitution does.
    return simple.sets.some(set => /\$\(|`/.test(set)) ? tellsOf("checks") : NOTHING;
  }
  const known = place.functions.get(name);
  if (known !== undefined) return known;
  if (name === "set") return set(rest, place);
  if (name === "exit" || name === "return") {
    if (rest.length === 0 || rest[0] === "0") return { ...NOTHING, ends: true };
    // A saved status tells what the command did that it was saved from.
    if (rest[0]?.includes("$")) return { ...tellsOf("checks"), fails: "exit", ends: true };
    return { ...NOTHING, fails: "exit", ends: true };
  }
  if (name === "false") return { ...NOTHING, fails: "status" };
  if (place.depth < DEEPEST) {
    const inner = name === "eval" ? rest.join(" ") : scriptOf(name, rest);
    if (inner !== null) {
      const shell = parseShell(inner);
      const own = { ...place, ...(name === "eval" ? {} : shellOf(rest)), depth: place.depth + 1 };
      return shell === null ? NOTHING : aside(shell, own);
    }
  }
  return tellsOf(worthOf(name, rest));
};

const DEEPEST = 5;

const tellsOf = (tells: Worth): Told => ({ ...NOTHING, tells });

/** Words that only say how the command after them is run. */
const BEFORE = /^(?:exec|command|builtin|env|nohup|nice|time|sudo|stdbuf|timeout|setsid)$/;

/** The command's name without its directory, and what follows it. */
export const calledBy = (words: readonly string[]): readonly string[] => {
  let at = 0;
  while (at < words.length - 1 && BEFORE.test(nameOf(words[at])))
    for (
      at += 1;
      at < words.length - 1 && /^(?:-|[A-Za-z_]\w*=|\d+(?:\.\d+)?[smhd]?$)/.test(words[at] ?? "");
    )
      at += 1;
  const [name, ...rest] = words.slice(at);
  return name === undefined ? [] : [nameOf(name), ...rest];
};

const nameOf = (word = ""): string => word.slice(word.lastIndexOf("/") + 1);

const set = (rest: readonly string[], place: Place): Told => {
  for (const [at, word] of rest.entries()) {
    const on = /^-\w*e/.test(word) || (/^-\w*o$/.test(word) && rest[at + 1] === "errexit");
    const off = /^\+\w*e/.test(word) || (/^\+\w*o$/.test(word) && rest[at + 1] === "errexit");
    if (on || off) place.stops = on;
    if (/^[-+]\w*o$/.test(word) && rest[at + 1] === "pipefail") place.pipefail = word.startsWith("-");
  }
  return NOTHING;
};

const SHELLS = /^(?:ba|da|z|k)?sh$/;

/** The script that a shell is given as an argument. */
const scriptOf = (name: string, rest: readonly string[]): string | null => {
  if (!SHELLS.test(name)) return null;
  const at = rest.findIndex(word => /^-\w*c$/.test(word));
  return at < 0 || rest.slice(0, at).some(word => !/^[-+]|^pipefail$|^errexit$/.test(word))
    ? null
    : (rest[at + 1] ?? null);
};

/** The options it is started with, since it inherits neither from the shell around it. */
const shellOf = (rest: readonly string[]): Pick<Place, "stops" | "pipefail"> => {
  const at = rest.findIndex(word => /^-\w*c$/.test(word));
  const options = rest.slice(0, at + 1);
  return {
    stops: options.some(word => /^-\w*e/.test(word)) || options.includes("errexit"),
    pipefail: options.includes("pipefail"),
  };
};

/** They succeed whatever happens. */
const EMPTY = new Set(
  "true : echo printf date pwd sleep cd pushd popd export unset local readonly declare typeset alias shopt trap umask hash type whoami id uname hostname env history".split(
    " ",
  ),
);
/** They show or place something, and succeed if that is possible. */
const SHOWING = new Set(
  "ls cat head tail wc rm kill grep egrep fgrep rg sed awk gawk jq yq find sort uniq cut tr tee stat which file du df ps nl column less more xxd od touch mkdir cp mv ln chmod tree realpath readlink basename dirname".split(
    " ",
  ),
);
/** Those of them that are run for their exit code, by the options that say so. */
const ASKED: Readonly<Record<string, RegExp>> = {
  grep: /^(?:-[a-zA-Z]*q|--quiet|--silent)/,
  egrep: /^(?:-[a-zA-Z]*q|--quiet)/,
  fgrep: /^(?:-[a-zA-Z]*q|--quiet)/,
  rg: /^(?:-[a-zA-Z]*q|--quiet)/,
  jq: /^(?:-[a-zA-Z]*e|--exit-status)/,
  diff: /^/,
};
const GIT_SHOWS = /^(?:status|log|show|diff|branch|rev-parse|ls-files|blame|stash|add|checkout|restore)$/;
const GIT_ASKED = /^--(?:exit-code|quiet|check)$/;
/** Without one of these, or a substitution, a test is about its own words. */
const FILE_TEST = /^-[abcdefghkprstuwxGLNOSvR]$/;

const worthOf = (name: string, rest: readonly string[]): Worth => {
  if (EMPTY.has(name)) return "nothing";
  if (name === "wait") return rest.length === 0 ? "nothing" : "checks";
  if (name === "test" || name === "[" || name === "[[")
    return rest.some(word => FILE_TEST.test(word) || /[$`]/.test(word)) ? "checks" : "nothing";
  if (name === "git") {
    const at = rest.findIndex(word => GIT_SHOWS.test(word));
    return at >= 0 && !rest.some(word => GIT_ASKED.test(word)) ? "shows" : "checks";
  }
  if (!SHOWING.has(name)) return "checks";
  return rest.some(word => ASKED[name]?.test(word) === true) ? "checks" : "shows";
};
