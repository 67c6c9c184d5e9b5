// The proxy that the runner itself is behind, as its environment says. Pure.

export interface Upstream {
  readonly url: URL;
  /** Names reached without it, each with everything below it; `*` is every one. */
  readonly besides: readonly string[];
}

/** Null if there is none. `url` may be of a kind that Kin does not speak. */
export const upstreamOf = (environment: Readonly<Record<string, string>>): Upstream | null => {
  const given = (name: string): string => environment[name] || environment[name.toLowerCase()] || "";
  const written = given("HTTPS_PROXY").trim();
  if (written === "") return null;
  const address = /^\w+:\/\//.test(written) ? written : `http://${written}`;
  // An unreadable address is no reason to bypass the proxy.
  const url = new URL(URL.canParse(address) ? address : "unknown://proxy");
  return { url, besides: given("NO_PROXY").split(",").flatMap(besideOf) };
};

/** As most programs read it: `example.com`, `.example.com`, `*.example.com`, possibly with a port. */
const besideOf = (written: string): readonly string[] => {
  const entry = written.trim().toLowerCase();
  const name = entry.replace(/:443$/, "").replace(/^\*?\./, "");
  return name === "" ? [] : [name];
};

export const isBeside = (host: string, { besides }: Upstream): boolean =>
  besides.some(name => name === "*" || host === name || host.endsWith(`.${name}`));
