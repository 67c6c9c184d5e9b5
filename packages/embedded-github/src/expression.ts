// GitHub's expression language over plain values, using GitHub's own implementation.

import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { truthy } from "@actions/expressions/result";

export type Contexts = Readonly<Record<string, unknown>>;

/** Replaces each `${{ … }}` in a text with its value. */
export const interpolate = (text: string, contexts: Contexts): string =>
  text.replace(/\$\{\{(.*?)\}\}/gs, (_, source: string) => evaluate(source, contexts).coerceString());

/** An `if`, with or without the braces. */
export const isTrue = (text: string, contexts: Contexts): boolean =>
  truthy(evaluate(/^\s*\$\{\{(.*)\}\}\s*$/s.exec(text)?.[1] ?? text, contexts));

/** The one status function that does not depend on a run's state. */
const ALWAYS = { name: "always", minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(true) };

function evaluate(source: string, contexts: Contexts): data.ExpressionData {
  const { tokens } = new Lexer(source).lex();
  const expression = new Parser(tokens, Object.keys(contexts), [ALWAYS]).parse();
  const values: data.Dictionary = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(expression, values, new Map([[ALWAYS.name, ALWAYS]])).evaluate();
}
