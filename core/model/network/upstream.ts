// The proxy that the runner itself is behind, as its environment names it. Pure.

export interface Upstream {
  readonly url: URL;
  /** Names, each with all below it, that are reached without it; `*` is every one. */
  readonly besides: readonly string[];
}

/** Null where there is none. `url` may be of a kind that nobody here speaks. */
export const upstreamOf = (environment: Readonly<Record<string, string>>): Upstream | null => {
  const given = (name: string): string => environment[name] || environment[name.toLowerCase()] || "";
  const written = given("HTTPS_PROXY").trim();
  if (written === "") return null;
  const address = /^\w+:\/\//.test(written) ? written : `http://${written}`;
  // What cannot be read is no reason to go round it.
  const url = new URL(URL.canParse(address) ? address : "unknown://proxy");
  return { url, besides: given("NO_PROXY").split(",").flatMap(besideOf) };
};

/** As most programs read it: `example.com`, `.example.com`, `*.example.com`, with a port perhaps. */
const besideOf = (written: string): readonly string[] => {
  const entry = written.trim().toLowerCase();
  const name = entry.replace(/:443$/, "").replace(/^\*?\./, "");
  return name === "" ? [] : [name];
};

export const isBeside = (host: string, { besides }: Upstream): boolean =>
  besides.some(name => name === "*" || host === name || host.endsWith(`.${name}`));
