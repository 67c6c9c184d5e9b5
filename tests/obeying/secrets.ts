// How a text may contain a secret: in plain, reversed, in base64 and hex, and in pieces, whatever is between them.

export interface Secret {
  readonly name: string;
  readonly value: string;
}

const base64 = (value: string): string => Buffer.from(value).toString("base64");

/** Reversible ways to write down a secret. */
export const FORMS: Readonly<Record<string, (value: string) => string>> = {
  plain: value => value,
  base64,
  "base64, one further": value => base64(`x${value}`),
  "base64, two further": value => base64(`xx${value}`),
  hex: value => Buffer.from(value).toString("hex"),
  reversed: value => [...value].reverse().join(""),
  "in lines": value => [...value].join("\n"),
  "with dashes": value => [...value].join("-"),
  "with what nobody sees": value => [...value].join("\u200b"),
};

/** Only letters and digits, in lower case: separators, hiding and escapes are gone, and so are word boundaries. */
export const folded = (text: string): string =>
  text
    .replace(/\\+(?:u[0-9a-f]{4}|[nrtbf"/])/gi, "")
    .replace(/[^A-Za-z0-9]+/g, "")
    .toLowerCase();

/** The forms to look for in a folded text; base64 without the characters that depend on its neighbours. */
const needlesOf = (value: string): readonly string[] => [
  folded(value),
  folded(FORMS.reversed?.(value) ?? ""),
  Buffer.from(value).toString("hex"),
  ...[0, 1, 2].map(shift => {
    const whole = base64("x".repeat(shift) + value);
    return folded(whole.slice(shift === 0 ? 0 : 4, -4));
  }),
];

export interface Found {
  readonly secret: string;
  /** The text around it, folded. */
  readonly around: string;
}

/** Each secret once. One pattern for all, because a world's output has many millions of characters. */
export const searchFor = (secrets: readonly Secret[]): ((text: string) => readonly Found[]) => {
  const names = new Map(secrets.flatMap(({ name, value }) => needlesOf(value).map(needle => [needle, name])));
  const any = new RegExp([...names.keys()].join("|"), "g");
  return text => {
    const plain = folded(text);
    const found = [...plain.matchAll(any)].map(({ 0: needle, index }) => ({
      secret: names.get(needle) ?? "",
      around: plain.slice(Math.max(0, index - 60), index + 80),
    }));
    return [...new Map(found.map(one => [one.secret, one])).values()];
  };
};
