// A command as a shell parses it, as far as its exit code depends on that: words without their quotes, redirections, and
// how commands are joined. What a word expands to is not known here. Never throws.

export interface Simple {
  readonly kind: "simple";
  readonly words: readonly string[];
  /** `x=1`, before the words or alone. */
  readonly sets: readonly string[];
  /** Files that it reads with `<`, and that it writes with `>`. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export type Shell =
  | Simple
  | { readonly kind: "pipe"; readonly parts: readonly Shell[]; readonly negated: boolean }
  | { readonly kind: "and" | "or"; readonly left: Shell; readonly right: Shell }
  | { readonly kind: "list"; readonly items: readonly Shell[] }
  | { readonly kind: "background" | "subshell"; readonly body: Shell }
  | { readonly kind: "if"; readonly condition: Shell; readonly then: Shell; readonly otherwise: Shell | null }
  | { readonly kind: "loop"; readonly condition: Shell | null; readonly body: Shell }
  | { readonly kind: "case"; readonly branches: readonly Shell[] }
  | { readonly kind: "function"; readonly name: string; readonly body: Shell };

/** Null if it is too long. */
export const parseShell = (command: string): Shell | null => {
  const tokens = tokensOf(command);
  if (tokens.length > MOST_TOKENS) return null;
  let at = 0;

  const next = (): Token | undefined => tokens[at];
  const isOperator = (...texts: readonly string[]): boolean => {
    const token = next();
    return token?.kind === "operator" && texts.includes(token.text);
  };
  const isKeyword = (...texts: readonly string[]): boolean => {
    const token = next();
    return token?.kind === "word" && token.bare && texts.includes(token.text);
  };
  const skip = (...texts: readonly string[]): void => {
    if (isOperator(...texts) || isKeyword(...texts)) at += 1;
  };
  const skipLines = (): void => {
    while (isOperator("\n", ";")) at += 1;
  };

  const list = (depth: number, ...ends: readonly string[]): Shell => {
    const items: Shell[] = [];
    for (skipLines(); at < tokens.length && !isKeyword(...ends) && !isOperator(...ends); skipLines()) {
      const before = at;
      const body = andOr(depth);
      const isBehind = isOperator("&");
      if (isBehind) at += 1;
      items.push(isBehind ? { kind: "background", body } : body);
      // Skips what no shell would accept.
      if (at === before) at += 1;
    }
    return { kind: "list", items };
  };

  const andOr = (depth: number): Shell => {
    let left = pipe(depth);
    while (isOperator("&&", "||")) {
      const kind = next()?.text === "&&" ? "and" : "or";
      at += 1;
      skipLines();
      left = { kind, left, right: pipe(depth) };
    }
    return left;
  };

  const pipe = (depth: number): Shell => {
    let negated = false;
    for (; isKeyword("!", "time"); at += 1) negated = negated !== (next()?.text === "!");
    const parts = [one(depth)];
    while (isOperator("|", "|&")) {
      at += 1;
      skipLines();
      parts.push(one(depth));
    }
    return parts.length === 1 && !negated ? (parts[0] as Shell) : { kind: "pipe", parts, negated };
  };

  const one = (depth: number): Shell => {
    const made = depth > DEEPEST ? null : compound(depth + 1);
    if (made === null) return simple();
    // Redirections of the whole are skipped: no script is read from there.
    while (next()?.kind === "redirection") at += 1;
    return made;
  };

  const compound = (depth: number): Shell | null => {
    const token = next();
    if (token?.kind === "operator" && token.text === "(") {
      at += 1;
      const body = list(depth, ")");
      skip(")");
      return { kind: "subshell", body };
    }
    if (token?.kind !== "word" || !token.bare) return null;
    const after = tokens[at + 1];
    if (after?.kind === "operator" && after.text === "(" && tokens[at + 2]?.text === ")") {
      at += 3;
      skipLines();
      return { kind: "function", name: token.text, body: one(depth) };
    }
    switch (token.text) {
      case "{": {
        at += 1;
        const body = list(depth, "}");
        skip("}");
        return body;
      }
      case "function": {
        at += 2;
        skip("(");
        skip(")");
        skipLines();
        return { kind: "function", name: after?.text ?? "", body: one(depth) };
      }
      case "if":
      case "elif":
        return branch(depth);
      case "for":
      case "select": {
        while (at < tokens.length && !isKeyword("do")) at += 1;
        return { kind: "loop", condition: null, body: loopBody(depth) };
      }
      case "while":
      case "until": {
        at += 1;
        const condition = list(depth, "do");
        return { kind: "loop", condition, body: loopBody(depth) };
      }
      case "case":
        return cases(depth);
      default:
        return null;
    }
  };

  const branch = (depth: number): Shell => {
    at += 1;
    const condition = list(depth, "then");
    skip("then");
    const then = list(depth, "elif", "else", "fi");
    if (isKeyword("elif")) return { kind: "if", condition, then, otherwise: branch(depth) };
    const isElse = isKeyword("else");
    skip("else");
    const otherwise = isElse ? list(depth, "fi") : null;
    skip("fi");
    return { kind: "if", condition, then, otherwise };
  };

  const loopBody = (depth: number): Shell => {
    skip("do");
    const body = list(depth, "done");
    skip("done");
    return body;
  };

  const cases = (depth: number): Shell => {
    while (at < tokens.length && !isKeyword("in")) at += 1;
    skip("in");
    const branches: Shell[] = [];
    for (skipLines(); at < tokens.length && !isKeyword("esac"); skipLines()) {
      while (at < tokens.length && !isOperator(")")) at += 1;
      skip(")");
      branches.push(list(depth, ";;", "esac"));
      skip(";;");
    }
    skip("esac");
    return { kind: "case", branches };
  };

  const simple = (): Simple => {
    const made = {
      words: [] as string[],
      sets: [] as string[],
      reads: [] as string[],
      writes: [] as string[],
    };
    for (let token = next(); token !== undefined && token.kind !== "operator"; token = next()) {
      at += 1;
      if (token.kind === "redirection") made[token.reads ? "reads" : "writes"].push(token.text);
      else if (made.words.length === 0 && SETS.test(token.text)) made.sets.push(token.text);
      else made.words.push(token.text);
    }
    return { kind: "simple", ...made };
  };

  const items: Shell[] = [];
  // A surplus bracket ends nothing.
  for (; at < tokens.length; at += 1) items.push(list(0, ")"));
  return items.length === 1 ? (items[0] as Shell) : { kind: "list", items };
};

const DEEPEST = 30;
/** A quoted text, or one after `<<`, is a single token, however long. */
const MOST_TOKENS = 2_000;
const SETS = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/;

type Token =
  | { readonly kind: "word"; readonly text: string; readonly bare: boolean }
  | { readonly kind: "operator"; readonly text: string }
  | { readonly kind: "redirection"; readonly text: string; readonly reads: boolean };

const REDIRECTION = /(?:\d{0,3}(?:<<<|<<-?|<&|<>|<(?!\()|>>|>&|>\||>(?!\())|&>>?)/y;
const OPERATOR = /&&|\|\||;;&?|;&|\|&|[\n;|&()]/y;
const BLANK = /(?:[ \t\r]|\\\n)+/y;

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  const ends: { readonly word: string; readonly isIndented: boolean }[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    at += found?.length ?? 0;
    return found;
  };
  while (at < text.length && tokens.length <= MOST_TOKENS) {
    if (take(BLANK) !== null) continue;
    if (text[at] === "#") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
      continue;
    }
    const redirection = take(REDIRECTION);
    if (redirection !== null) {
      take(BLANK);
      const target = wordAt(text, at);
      at = target.end;
      const isHere = /<<-?$/.test(redirection);
      if (isHere) ends.push({ word: target.text, isIndented: redirection.endsWith("-") });
      // Neither a text in the command nor one of its own descriptors is a file.
      if (!isHere && !redirection.endsWith("<<<") && !/&$/.test(redirection))
        tokens.push({ kind: "redirection", text: target.text, reads: redirection.endsWith("<") });
      continue;
    }
    const operator = take(OPERATOR);
    if (operator !== null) {
      tokens.push({
        kind: "operator",
        text: operator.startsWith(";") && operator.length > 1 ? ";;" : operator,
      });
      if (operator === "\n") for (const end of ends.splice(0)) at = behindText(text, { at, ...end });
      continue;
    }
    const { end, ...word } = wordAt(text, at);
    // Moves past a character that begins nothing known.
    at = Math.max(end, at + 1);
    tokens.push({ kind: "word", ...word });
  }
  return tokens;
};

/** Where the text after `<<` ends. */
const behindText = (
  text: string,
  { at, word, isIndented }: { readonly at: number; readonly word: string; readonly isIndented: boolean },
): number => {
  for (let from = at; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    if ((isIndented ? line.replace(/^\t+/, "") : line) === word) return from;
  }
  return text.length;
};

/** Without its quotes; substitutions stay as they are written. */
const wordAt = (
  text: string,
  from: number,
): { readonly text: string; readonly bare: boolean; readonly end: number } => {
  let [at, word, bare] = [from, "", true];
  for (; at < text.length; at += 1) {
    const char = text[at] ?? "";
    const isSubstituted = (char === "$" || char === "<" || char === ">") && text[at + 1] === "(";
    if (isSubstituted || (char === "$" && text[at + 1] === "{") || char === "`") {
      const end = char === "`" ? quoted(text, at) : balanced(text, at + 1);
      word += text.slice(at, end + 1);
      at = end;
    } else if (char === "'" || char === '"') {
      const end = char === "'" ? endOf(text, "'", at + 1) : quoted(text, at);
      const inside = text.slice(at + 1, end);
      word +=
        char === "'"
          ? inside
          : inside.replace(/\\(["\\$`\n])/g, (_, one: string) => (one === "\n" ? "" : one));
      bare = false;
      at = end;
    } else if (char === "\\") {
      at += 1;
      word += text[at] === "\n" ? "" : (text[at] ?? "");
      bare = false;
    } else if (/[\s;|&()<>]/.test(char)) break;
    else word += char;
  }
  return { text: word, bare, end: Math.min(at, text.length) };
};

const endOf = (text: string, what: string, from: number): number => {
  const end = text.indexOf(what, from);
  return end < 0 ? text.length : end;
};

/** The end of a quotation that begins at `at`, in which a backslash escapes. */
const quoted = (text: string, at: number): number => {
  const quote = text[at];
  let end = at + 1;
  for (; end < text.length && text[end] !== quote; end += 1)
    if (text[end] === "\\") end += 1;
    else if (text[end] === "$" && text[end + 1] === "(") end = balanced(text, end + 1);
  return Math.min(end, text.length);
};

/** The end of a bracketed text that begins at `at`. */
const balanced = (text: string, at: number): number => {
  const [open, close] = text[at] === "(" ? ["(", ")"] : ["{", "}"];
  let depth = 0;
  for (let end = at; end < text.length; end += 1) {
    const char = text[end];
    if (char === "\\") end += 1;
    else if (char === "'") end = endOf(text, "'", end + 1);
    else if (char === '"') {
      for (end += 1; end < text.length && text[end] !== '"'; end += 1) if (text[end] === "\\") end += 1;
    } else if (char === open) depth += 1;
    else if (char === close) {
      depth -= 1;
      if (depth === 0) return end;
    }
  }
  return text.length;
};
