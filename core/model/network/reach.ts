// Which hosts a command reaches, and how the proxy judges what it is asked for. Pure.
import type { Config } from "../config.ts";
import { hostName, isAmong } from "./host.ts";
import { hostsOf } from "./host-sets.ts";

/** Something that the proxy was asked for and refused. */
export interface Refused {
  /** As it was asked for, cleaned. */
  readonly host: string;
  readonly why: string;
}

export interface Reach {
  /** Null: every public one. */
  readonly hosts: readonly string[] | null;
  /** These may also have addresses that are not public. */
  readonly private: readonly string[];
}

/** What the steps' commands reach; null: nothing. */
export const reachOfSteps = ({ network }: Pick<Config, "network">): Reach | null =>
  reachOf(network?.hosts ?? [], network?.private ?? []);

/** What setup reaches. `direct`: whatever the machine does, without the proxy. */
export const reachOfSetup = ({ network }: Pick<Config, "network">): Reach | "direct" | null => {
  const setup = network?.setup;
  if (setup === "direct") return setup;
  return reachOf(setup ?? null, network?.private ?? []);
};

const reachOf = (hosts: readonly string[] | null, own: readonly string[]): Reach | null =>
  hosts?.length === 0 && own.length === 0
    ? null
    : { hosts: hosts === null ? null : hostsOf(hosts), private: hostsOf(own) };

export type Asked =
  | { readonly kind: "host"; readonly host: string; readonly isPrivate: boolean }
  | ({ readonly kind: "refused" } & Refused);

const PORT = "443";

/** `authority` is CONNECT's, `host` the header sent with it. */
export const judgeAsk = (
  { authority, host }: { readonly authority: string; readonly host: string | undefined },
  reach: Reach,
): Asked => {
  const [, written = authority, port = ""] = /^(.*):(\d{1,5})$/s.exec(authority) ?? [];
  const name = hostName(written);
  const refused = (why: string): Asked => ({ kind: "refused", host: name ?? shown(written), why });
  if (name === null) return refused(WHY.no_name);
  if (port !== PORT) return refused(WHY.port);
  if (host !== undefined && !isSameHost(host, name)) return refused(WHY.header); // guard: host-of-the-header
  const isPrivate = isAmong(name, reach.private);
  if (!isPrivate && reach.hosts !== null && !isAmong(name, reach.hosts)) return refused(WHY.unlisted); // guard: listed-hosts
  return { kind: "host", host: name, isPrivate };
};

const isSameHost = (header: string, name: string): boolean =>
  hostName(header.replace(/:\d{1,5}$/, "")) === name;

/** Enough of what is not a name to recognise it. */
export const shown = (text: string): string => text.replace(/[^\w.:[\]-]/g, "?").slice(0, 80) || "?";

export const WHY = {
  unlisted: "`network` in .github/kin.yml does not list it",
  no_name: "only names of hosts are reached, no addresses",
  port: "only port 443 is reached",
  header: "its Host is another one",
  plain: "only https is reached",
  name_of_tls: "TLS asked there for another name, or for none",
  not_tls: "only TLS passes",
  address: (what: string) => `its name leads to ${what}`,
  connections: "too many connections at once",
  method: "with a credential only GET and HEAD are sent",
  secret: (name: string) => `the run has no secret ${name}`,
  sent: "the command sent more than it may",
  received: "the command received more than it may",
} as const;

const MOST_TOLD = 10;

/** Each once, for people and models; empty if nothing was refused. */
export const refusedText = (refused: readonly Refused[]): string => {
  const by = new Map(refused.map(({ host, why }) => [`${host} ${why}`, `${host} (${why})`]));
  const told = [...by.values()];
  const more = told.length - MOST_TOLD;
  if (told.length === 0) return "";
  return `refused on the network: ${told.slice(0, MOST_TOLD).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
};
