// The part of GitHub's expression language that Kin's workflow uses: paths, literals, `always()`, and the
// operators `!`, `==`, `!=`, `&&`, `||`.

export type Contexts = Readonly<Record<string, unknown>>;

/** A string with `${{ … }}` in it; an expression alone keeps its type for `if`. */
export const interpolate = (text: string, contexts: Contexts): string =>
  text.replace(/\$\{\{(.*?)\}\}/gs, (_, source: string) => asText(evaluate(source, contexts)));

export const isTrue = (text: string, contexts: Contexts): boolean => {
  const source = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(text)?.[1] ?? text;
  return truthy(evaluate(source, contexts));
};

export const evaluate = (source: string, contexts: Contexts): unknown => {
  const tokens = source.match(/'(?:[^']|'')*'|==|!=|&&|\|\||[!()]|[\w.-]+/g) ?? [];
  let at = 0;
  const or = (): unknown => {
    let value = and();
    while (tokens[at] === "||") {
      at++;
      const right = and();
      value = truthy(value) ? value : right;
    }
    return value;
  };
  const and = (): unknown => {
    let value = compare();
    while (tokens[at] === "&&") {
      at++;
      const right = compare();
      value = truthy(value) ? right : value;
    }
    return value;
  };
  const compare = (): unknown => {
    const left = unary();
    const operator = tokens[at];
    if (operator !== "==" && operator !== "!=") return left;
    at++;
    return (asText(left).toLowerCase() === asText(unary()).toLowerCase()) === (operator === "==");
  };
  const unary = (): unknown => {
    const token = tokens[at++];
    if (token === "!") return !truthy(unary());
    if (token === "(") {
      const value = or();
      at++;
      return value;
    }
    if (token === undefined) throw new Error(`The expression "${source}" ends too early.`);
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (tokens[at] === "(") {
      at += 2;
      if (token === "always") return true;
      throw new Error(`This runner knows no function "${token}".`);
    }
    if (token === "true" || token === "false") return token === "true";
    return /^\d+$/.test(token) ? Number(token) : lookUp(token, contexts);
  };
  const value = or();
  if (at < tokens.length) throw new Error(`The expression "${source}" cannot be read at "${tokens[at]}".`);
  return value;
};

const lookUp = (path: string, contexts: Contexts): unknown =>
  path
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], contexts);

const truthy = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== "" && value !== 0;
const asText = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
