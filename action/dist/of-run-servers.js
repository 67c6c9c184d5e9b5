import {
  hostName,
  hostsOf,
  isAmong
} from "./of-run-servers-verdict.js";

// core/model/network/reach.ts
var reachOfSteps = ({ network }) => reachOf(network?.hosts ?? [], network?.private ?? []);
var reachOfSetup = ({ network }) => {
  const setup = network?.setup;
  if (setup === "direct") return setup;
  return reachOf(setup ?? null, network?.private ?? []);
};
var reachOf = (hosts, own) => hosts?.length === 0 && own.length === 0 ? null : { hosts: hosts === null ? null : hostsOf(hosts), private: hostsOf(own) };
var PORT = "443";
var judgeAsk = ({ authority, host }, reach) => {
  const [, written = authority, port = ""] = /^(.*):(\d{1,5})$/s.exec(authority) ?? [];
  const name = hostName(written);
  const refused = (why) => ({ kind: "refused", host: name ?? shown(written), why });
  if (name === null) return refused(WHY.no_name);
  if (port !== PORT) return refused(WHY.port);
  if (host !== void 0 && !isSameHost(host, name)) return refused(WHY.header);
  const isPrivate = isAmong(name, reach.private);
  if (!isPrivate && reach.hosts !== null && !isAmong(name, reach.hosts)) return refused(WHY.unlisted);
  return { kind: "host", host: name, isPrivate };
};
var isSameHost = (header, name) => hostName(header.replace(/:\d{1,5}$/, "")) === name;
var shown = (text) => text.replace(/[^\w.:[\]-]/g, "?").slice(0, 80) || "?";
var WHY = {
  unlisted: "`network` in .github/kin.yml does not list it",
  no_name: "only names of hosts are reached, no addresses",
  port: "only port 443 is reached",
  header: "its Host is another one",
  plain: "only https is reached",
  name_of_tls: "TLS asked there for another name, or for none",
  not_tls: "only TLS passes",
  address: (what) => `its name leads to ${what}`,
  connections: "too many connections at once",
  method: "with a credential only GET and HEAD are sent",
  secret: (name) => `the run has no secret ${name}`,
  sent: "the command sent more than it may",
  received: "the command received more than it may"
};
var MOST_TOLD = 10;
var refusedText = (refused) => {
  const by = new Map(refused.map(({ host, why }) => [`${host} ${why}`, `${host} (${why})`]));
  const told = [...by.values()];
  const more = told.length - MOST_TOLD;
  if (told.length === 0) return "";
  return `refused on the network: ${told.slice(0, MOST_TOLD).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
};

// core/model/network/upstream.ts
var upstreamOf = (environment) => {
  const given = (name) => environment[name] || environment[name.toLowerCase()] || "";
  const written = given("HTTPS_PROXY").trim();
  if (written === "") return null;
  const address = /^\w+:\/\//.test(written) ? written : `http://${written}`;
  const url = new URL(URL.canParse(address) ? address : "unknown://proxy");
  return { url, besides: given("NO_PROXY").split(",").flatMap(besideOf) };
};
var besideOf = (written) => {
  const entry = written.trim().toLowerCase();
  const name = entry.replace(/:443$/, "").replace(/^\*?\./, "");
  return name === "" ? [] : [name];
};
var isBeside = (host, { besides }) => besides.some((name) => name === "*" || host === name || host.endsWith(`.${name}`));

// action/network/dial.ts
import { lookup } from "node:dns/promises";
import { request as requestPlain } from "node:http";
import { request as requestOverTls } from "node:https";
import { BlockList, connect } from "node:net";

// core/model/network/addresses.ts
var four = (net, bits, what) => ({ net, bits, family: "ipv4", what });
var six = (net, bits, what) => ({ net, bits, family: "ipv6", what });
var REFUSED_NETS = [
  four("127.0.0.0", 8, "this machine"),
  four("0.0.0.0", 8, "this machine"),
  four("10.0.0.0", 8, "a private network"),
  four("172.16.0.0", 12, "a private network"),
  four("192.168.0.0", 16, "a private network"),
  four("100.64.0.0", 10, "a provider's inner network"),
  four("169.254.0.0", 16, "the machine's own link, or its metadata"),
  four("168.63.129.16", 32, "the machine's metadata"),
  four("192.0.0.0", 24, "a reserved network"),
  four("192.0.2.0", 24, "a reserved network"),
  four("192.88.99.0", 24, "a reserved network"),
  four("198.18.0.0", 15, "a reserved network"),
  four("198.51.100.0", 24, "a reserved network"),
  four("203.0.113.0", 24, "a reserved network"),
  four("224.0.0.0", 4, "a multicast group"),
  four("240.0.0.0", 4, "a reserved network"),
  six("::1", 128, "this machine"),
  six("::", 128, "this machine"),
  six("::ffff:0:0", 96, "an IPv4 address in another spelling"),
  six("64:ff9b::", 32, "an IPv4 address in another spelling"),
  six("2002::", 16, "an IPv4 address in another spelling"),
  six("fc00::", 7, "a private network"),
  six("fe80::", 10, "the machine's own link"),
  six("ff00::", 8, "a multicast group"),
  six("2001::", 23, "a reserved network"),
  six("2001:db8::", 32, "a reserved network"),
  six("3fff::", 20, "a reserved network"),
  // Everything but 2000::/3, the range of public addresses.
  six("::", 3, "a reserved network"),
  six("4000::", 2, "a reserved network"),
  six("8000::", 1, "a reserved network")
];

// action/network/dial.ts
var DIAL_MS = 3e4;
var MACHINE = {
  resolve: (host) => lookup(host, { all: true }),
  // The name is not resolved again: we connect to what was checked.
  connect: (addresses, host) => connect({
    host,
    port: 443,
    allowHalfOpen: true,
    autoSelectFamily: true,
    lookup: (_, { all }, done) => {
      const [first] = addresses;
      if (all) done(null, [...addresses]);
      else done(null, first?.address ?? "", first?.family);
    }
  })
};
var lookAt = async ({ resolve }, { host, isPrivate }) => {
  const addresses = await resolve(host).catch(() => []);
  if (addresses.length === 0) return { kind: "failed", what: "its name has no address" };
  const what = isPrivate ? void 0 : addresses.map(refusedNet).find((found) => found !== null);
  return what ? { kind: "refused", why: WHY.address(what) } : { kind: "there", addresses };
};
var createDial = (wire, upstream) => async (asked) => {
  const { host } = asked;
  if (upstream !== null && !isBeside(host, upstream)) return throughUpstream(upstream, host);
  const looked = await lookAt(wire, asked);
  if (looked.kind !== "there") return looked;
  return connected(wire.connect(looked.addresses, host));
};
var connected = (socket) => new Promise((resolve) => {
  const fail = (what) => {
    socket.destroy();
    resolve({ kind: "failed", what });
  };
  const timer = setTimeout(() => fail("it did not answer"), DIAL_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.on("error", (error) => fail(error.code ?? "it did not answer"));
  socket.once("connect", () => {
    clearTimeout(timer);
    resolve({ kind: "connected", socket });
  });
});
var REQUESTS = {
  "http:": requestPlain,
  "https:": requestOverTls
};
var throughUpstream = ({ url }, host) => {
  const start = REQUESTS[url.protocol];
  if (start === void 0)
    return Promise.resolve({ kind: "failed", what: "the runner's HTTPS_PROXY is no http address" });
  const authority = `${host}:443`;
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = {
    host: authority,
    ...login === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` }
  };
  return new Promise((resolve) => {
    const fail = (what) => {
      asked.destroy();
      resolve({ kind: "failed", what });
    };
    const asked = start({
      ...{
        host: url.hostname.replace(/^\[|\]$/g, ""),
        method: "CONNECT",
        path: authority,
        headers,
        agent: false
      },
      port: url.port === "" ? url.protocol === "https:" ? 443 : 80 : Number(url.port)
    });
    const timer = setTimeout(() => fail("the runner's proxy did not answer"), DIAL_MS);
    asked.once("close", () => clearTimeout(timer));
    asked.on("error", () => fail("the runner's proxy did not answer"));
    asked.once("response", ({ statusCode }) => fail(`the runner's proxy said ${statusCode}`));
    asked.once("connect", ({ statusCode }, socket, head) => {
      clearTimeout(timer);
      if (statusCode !== 200) {
        socket.destroy();
        return fail(`the runner's proxy said ${statusCode}`);
      }
      if (head.length > 0) socket.unshift(head);
      resolve({ kind: "connected", socket });
    });
    asked.end();
  });
};
var NETS = REFUSED_NETS.map(({ net, bits, family, what }) => {
  const list = new BlockList();
  list.addSubnet(net, bits, family);
  return { list, family, what };
});
var refusedNet = ({ address, family }) => {
  const kind = family === 6 ? "ipv6" : "ipv4";
  const found = NETS.find((net) => net.family === kind && net.list.check(address, kind));
  return found?.what ?? null;
};

export {
  reachOfSteps,
  reachOfSetup,
  judgeAsk,
  shown,
  WHY,
  refusedText,
  upstreamOf,
  isBeside,
  MACHINE,
  lookAt,
  createDial,
  refusedNet
};
