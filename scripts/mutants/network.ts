// The guards of what commands may reach: names, addresses, and the proxy.
import { type Guard, g } from "./guard.ts";
import { by, inFile } from "./mutant.ts";

const rules = inFile("model-rules/network");
const proxy = inFile("network/proxy");
const registries = inFile("network/registries");

export const NETWORK_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "core/model/network/host.ts": [
    g(
      "plain-names",
      "NAME.test(hostname) ? hostname : null",
      "hostname",
      by(rules('"127.1" is no plain name')),
    ),
    g(
      "whole-labels",
      "host.endsWith(entry.slice(1))",
      "host.endsWith(entry.slice(2))",
      by(rules("a wildcard stands for all below its name, and for nothing beside it")),
    ),
  ],
  "core/model/network/client-hello.ts": [
    g(
      "longest-hello",
      "at > LONGEST_HELLO",
      "at < 0",
      by(rules("one without an end is not read to the end")),
    ),
    g("one-name", "second === undefined ? name : null", "name", by(rules("is nobody where there are two"))),
  ],
  "core/model/network/reach.ts": [
    g(
      "host-of-the-header",
      "if (host !== undefined && !isSameHost(host, name)) return refused(WHY.header);",
      "",
      by(proxy("a Host that is another one")),
    ),
    g("listed-hosts", "return refused(WHY.unlisted);", "void WHY;", by(proxy("a foreign host"))),
  ],
  "action/network/dial.ts": [
    g(
      "public-addresses",
      "isPrivate ? undefined : addresses.map(refusedNet).find(found => found !== null)",
      "undefined",
      by(proxy("a listed name that leads inside: metadata.example.com")),
    ),
    g(
      "upstream-first",
      "return throughUpstream(upstream, host);",
      "void throughUpstream;",
      by(proxy("hosts are reached through it, by name, with its login")),
    ),
    g(
      "pinned-addresses",
      "wire.connect(looked.addresses, host)",
      "wire.connect(await wire.resolve(host), host)",
      by(proxy("and what was looked at is what is connected to")),
    ),
  ],
  "action/network/proxy.ts": [
    g(
      "name-of-tls",
      "hello.name !== host",
      "!hello.isTls",
      by(proxy("a name of TLS that is not the one asked for, before a byte of it is sent on")),
    ),
    g("bytes-both-ways", "if (!isOver(way)) return;", "return;", by(proxy("in bytes that come"))),
    g(
      "bytes-of-the-first-message",
      'count("sent", hello.bytes);',
      "",
      by(proxy("in bytes that go with the first message, and then nothing is reached any more")),
    ),
    g(
      "most-connections",
      "server.maxConnections = limits.connections;",
      "",
      by(proxy("in connections at once")),
    ),
    g(
      "ends-with-its-command",
      "for (const stream of open) stream.destroy();",
      "",
      by(proxy("with its command: every connection is gone when it is closed")),
    ),
    g(
      "silent-client",
      "setTimeout(gone, seconds * 1000)",
      "setTimeout(gone, 1e9)",
      by(proxy("where nobody says anything")),
    ),
  ],
  "action/network/registries.ts": [
    g(
      "one-request-at-a-time",
      "if (isNextHere) return void outer.destroy();",
      "",
      by(registries("is asked one after the other, and whoever does not wait for answers is cut off")),
    ),
    g(
      "nothing-asked-after-the-end",
      "if (answers.destroyed) return void socket.destroy();",
      "",
      by(registries("is not asked any more once the command is over, though its host was being reached")),
    ),
    g(
      "status-of-an-answer",
      "statusCode >= 200 && statusCode <= 599",
      "statusCode > 0",
      by(registries("may say what it likes: a status that is none of an answer's is told as 502")),
    ),
    g(
      "credentials-only-read",
      'if (method !== "GET" && method !== "HEAD") return refuse(405, WHY.method);',
      "",
      by(registries("is asked with GET and HEAD alone, and what else was tried is told")),
    ),
    g(
      "host-inside-of-tls",
      '!isFor(asks, asked.host) || !url.startsWith("/")',
      "url === ''",
      by(registries("is the only one that a request inside TLS may be for")),
    ),
    g(
      "credentials-to-whom-they-are-for",
      "servername: host, ...roots",
      "servername: host, rejectUnauthorized: false",
      by(registries("that is not who it should be gets nothing")),
    ),
  ],
  "action/workbench/trust.ts": [
    g(
      "no-key-in-a-sandbox",
      "machine + certificate.cert;",
      "machine + certificate.cert + certificate.key;",
      by(registries("the credential is nowhere in a sandbox, nor is the key of what it trusts")),
    ),
  ],
  "host/public-suffix.ts": [
    g(
      "public-suffixes",
      "getPublicSuffix(name, { allowPrivateDomains: true }) === name",
      "getPublicSuffix(name) === name",
      by(inFile("app/config")("['*.github.io'] is a wildcard over names that belong to everybody")),
    ),
    g(
      "public-suffixes-below",
      "suffixBelow(name)",
      "null",
      by(inFile("app/config")("['*.fastly.net'] is a wildcard over names that belong to everybody")),
    ),
  ],
};
