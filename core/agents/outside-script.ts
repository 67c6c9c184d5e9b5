// Which script outside of the work tree a command runs: where others run the command, it is missing.
import { calledBy } from "./exit-code.ts";
import { parseShell, type Shell, type Simple } from "./shell.ts";

/** A script in `/tmp` or in the home directory that a command runs and does not make itself; null if it runs none. */
export const outsideScript = (command: string): string | null => {
  const found: string[] = [];
  const shell = parseShell(command);
  if (shell !== null) walk(shell, { at: "", seen: [], found });
  return found[0] ?? null;
};

interface Walk {
  /** The current directory, as far as it is known: empty is the work tree, null is unknown. */
  at: string | null;
  /** Places outside that were named before, so it may have made them. */
  readonly seen: string[];
  readonly found: string[];
}

const walk = (shell: Shell, state: Walk): void => {
  switch (shell.kind) {
    case "simple":
      look(shell, state);
      return;
    case "list":
      for (const item of shell.items) walk(item, state);
      return;
    case "pipe":
      for (const [index, part] of shell.parts.entries()) {
        const before = shell.parts[index - 1];
        const read =
          before?.kind === "simple" && calledBy(before.words)[0] === "cat" ? before.words.slice(1) : [];
        const reads = part.kind === "simple" ? [...read, ...part.reads] : [];
        walk(part.kind === "simple" ? { ...part, reads } : part, state);
      }
      return;
    case "and":
    case "or":
      walk(shell.left, state);
      walk(shell.right, state);
      return;
    case "background":
    case "subshell":
      walk(shell.body, { ...state });
      return;
    case "if":
      walk(shell.condition, state);
      walk(shell.then, state);
      if (shell.otherwise !== null) walk(shell.otherwise, state);
      return;
    case "loop":
      if (shell.condition !== null) walk(shell.condition, state);
      walk(shell.body, state);
      return;
    case "case":
      for (const branch of shell.branches) walk(branch, state);
      return;
    case "function":
      walk(shell.body, state);
      return;
    default:
      shell satisfies never;
  }
};

const look = (simple: Simple, state: Walk): void => {
  const [name = "", ...rest] = calledBy(simple.words);
  if (name === "cd" || name === "pushd") {
    state.at = placeOf(rest.find(word => !word.startsWith("-")) ?? "~", state.at);
    return;
  }
  for (const script of scriptsOf(simple, name, rest)) {
    const place = placeOf(script, state.at);
    if (place !== null && isOutside(place) && !state.seen.some(seen => isSame(seen, place))) {
      // As written; a relative one with its directory, which is outside.
      state.found.push(isOutside(script) ? script : place);
      return;
    }
  }
  const sets = simple.sets.map(set => set.slice(set.indexOf("=") + 1));
  for (const word of [...(MAKES_NOTHING.test(name) ? [] : simple.words), ...simple.writes, ...sets]) {
    const place = placeOf(word, state.at);
    if (place !== null && isOutside(place)) state.seen.push(place);
  }
};

const MAKES_NOTHING =
  /^(?:cat|ls|head|tail|wc|[ef]?grep|rg|stat|file|chmod|rm|diff|cmp|find|less|test|\[\[?)$/;

const OUTSIDE = /^(?:\/tmp|\/var\/tmp|\/dev\/shm|\/home\/kin|~|\$\{?HOME\}?|\$\{?TMPDIR\}?)(?:\/|$)/;
const isOutside = (place: string): boolean => OUTSIDE.test(place);

/** Null if only the shell would know. */
const placeOf = (path: string, at: string | null): string | null => {
  if (isOutside(path) || path.startsWith("/")) return path;
  if (at === null || /[$`]/.test(path)) return null;
  return at === "" ? path : `${at.replace(/\/$/, "")}/${path.replace(/^\.\//, "")}`;
};

/** If one place was made, whatever shares its top directory is taken to be there as well. */
const isSame = (seen: string, place: string): boolean => topOf(seen) === topOf(place);
const topOf = (place: string): string => place.split("/", place.startsWith("/") ? 3 : 2).join("/");

/** Programs that run the file named after them. */
const INTERPRETER =
  /^(?:bash|sh|dash|zsh|ksh|source|\.|node|deno|bun|tsx|ts-node|npx|python[\d.]{0,5}|pytest|ruby|perl|php|lua|Rscript|run|test|vitest|jest|mocha)$/;
/** Options whose value is run, too. */
const RUN_FIRST = /^(?:-r|--require|--import|--loader)$/;
/** Programs that run what is in the current directory. */
const OF_ITS_PLACE =
  /^(?:npm|pnpm|yarn|make|go|cargo|pytest|tox|mvn|gradle|rake|bundle|vitest|jest|mocha|composer|dotnet)$/;

const scriptsOf = (simple: Simple, name: string, rest: readonly string[]): readonly string[] => {
  const called = simple.words.slice(simple.words.length - rest.length - 1);
  const own = called[0]?.includes("/") === true ? [called[0]] : [];
  const asked = called.flatMap((word, index) => {
    const base = index === 0 ? name : word;
    if (RUN_FIRST.test(word) && INTERPRETER.test(name)) return called.slice(index + 1, index + 2);
    if (!INTERPRETER.test(base)) return [];
    const operand = called.slice(index + 1).find(other => !other.startsWith("-"));
    return operand === undefined ? [] : [operand];
  });
  // Without a file it reads its script from its input.
  const isBare = INTERPRETER.test(name) && !rest.some(word => word !== "-" && !/^-[sl]$/.test(word));
  const isAtPlace = OF_ITS_PLACE.test(name) && !rest.some(word => /^[/~$]|=[/~$]/.test(word));
  return [...own, ...asked, ...(isBare ? simple.reads : []), ...(isAtPlace ? ["."] : [])];
};
