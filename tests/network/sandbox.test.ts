// Commands in the real sandbox, with the clients on the machine, and every known way round the list.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorkbench, closeAll, type Handle, never, type Stand } from "../workbench/kit.ts";
import { aRegistry, has, PROJECT } from "./registry.ts";
import { aStandIn, type StandIn } from "./stand-in.ts";

const HOST = "registry.example.com";
const UNLISTED = "`network` in .github/kin.yml does not list it";

let standIn: StandIn;
let stand: Stand;
let bench: Handle;

beforeAll(async () => {
  standIn = await aStandIn(aRegistry(), {
    names: [HOST, "*.example.org"],
    addresses: { "inside.example.org": ["127.0.0.1"], "metadata.example.org": ["169.254.169.254"] },
  });
  stand = await aWorkbench(
    {
      "ca.pem": standIn.ca,
      ...PROJECT,
    },
    { config: { network: [HOST, "*.example.org"] }, wire: standIn.wire },
  );
  bench = await stand.open();
});
afterAll(async () => {
  await closeAll();
  await standIn.close();
});

interface Client {
  readonly name: string;
  readonly needs: string;
  /** `host` is where it fetches from; it prints `says` if it could. */
  readonly command: (host: string) => string;
  readonly says: string;
}

const KEYSTORE =
  "rm -f /tmp/ts; keytool -importcert -noprompt -file ca.pem -keystore /tmp/ts -storepass changeit 2>&1 | tail -3";
const KEPT = "-Djavax.net.ssl.trustStore=/tmp/ts -Djavax.net.ssl.trustStorePassword=changeit";

const CLIENTS: readonly Client[] = [
  {
    name: "curl",
    needs: "curl",
    command: host => `curl -sS --cacert ca.pem https://${host}/hello`,
    says: "hello",
  },
  {
    name: "wget",
    needs: "wget",
    command: host => `wget -q -O - --ca-certificate=ca.pem https://${host}/hello`,
    says: "hello",
  },
  {
    name: "npm",
    needs: "npm",
    command: host =>
      `rm -rf node_modules; npm_config_cafile=ca.pem npm_config_fetch_retries=0 npm install --no-package-lock --no-audit --registry https://${host}/npm/ && node -p "require('left')"`,
    says: "left by npm",
  },
  {
    name: "pip",
    needs: "python3",
    command: host =>
      `rm -rf /tmp/pip; export PIP_CERT=ca.pem REQUESTS_CA_BUNDLE=ca.pem; /usr/bin/python3 -m pip install --retries 0 --index-url https://${host}/simple --target /tmp/pip left && PYTHONPATH=/tmp/pip /usr/bin/python3 -m left`,
    says: "left by pip",
  },
  {
    name: "git over https",
    needs: "git",
    command: host =>
      `rm -rf /tmp/left; GIT_SSL_CAINFO=ca.pem git clone --quiet https://${host}/left.git /tmp/left && cat /tmp/left/left.txt`,
    says: "left by git",
  },
  {
    name: "go",
    needs: "go",
    command: host =>
      `cd go && go clean -modcache; SSL_CERT_FILE=../ca.pem GOFLAGS=-mod=mod GONOSUMDB='*' GOPROXY=https://${host}/go go run . 2>&1`,
    says: "left by go",
  },
  {
    name: "fetch of a Node that knows proxies",
    needs: "node",
    command: host =>
      `NODE_EXTRA_CA_CERTS=ca.pem /.kin/node -e "fetch('https://${host}/hello').then(r => r.text()).then(console.log, e => { console.log(e.cause?.message ?? e.message); process.exitCode = 1 })"`,
    says: "hello",
  },
  {
    name: "Python's urllib",
    needs: "python3",
    command: host =>
      `SSL_CERT_FILE=ca.pem /usr/bin/python3 -c "import urllib.request; print(urllib.request.urlopen('https://${host}/hello').read().decode())" 2>&1`,
    says: "hello",
  },
  {
    name: "Maven",
    needs: "mvn",
    command: host =>
      `${KEYSTORE}; cd maven && rm -rf ~/.m2; sed -i 's,https://[^/]*/,https://${host}/,' pom.xml; MAVEN_OPTS="$MAVEN_OPTS ${KEPT}" mvn -q --batch-mode validate && cat ~/.m2/repository/example/parent/1/parent-1.pom`,
    says: "left by maven",
  },
  {
    name: "Gradle",
    needs: "gradle",
    command: host =>
      `${KEYSTORE}; cd gradle && rm -rf ~/.gradle; GRADLE_OPTS="$GRADLE_OPTS ${KEPT}" gradle -q -Phost=${host} show 2>&1`,
    says: "left by maven",
  },
  {
    name: "Cargo",
    needs: "cargo",
    // Early versions have file registries only as an unstable feature.
    command: host =>
      `cd cargo && rm -rf ~/.cargo target Cargo.lock; export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_SPARSE_REGISTRY=true; CARGO_HTTP_CAINFO=../ca.pem CARGO_NET_RETRY=0 CARGO_REGISTRIES_STAND_IN_INDEX=sparse+https://${host}/cargo/ cargo run --quiet 2>&1`,
    says: "left by cargo",
  },
];

for (const { name, needs } of CLIENTS.filter(({ needs }) => !has(needs)))
  test.skip(`${name} reaches a listed host: ${needs} is not installed.`);
describe.each(CLIENTS.filter(({ needs }) => has(needs)))("$name", ({ command, says }) => {
  test("reaches a listed host from a step", async () => {
    const { content, ran } = await bench.bash(command(HOST), 300);
    expect(content).toContain(says);
    expect([ran?.exit_code, ran?.refused]).toEqual([0, undefined]);
  });

  test("does not reach a foreign one, and that is told in its result", async () => {
    const { content, ran } = await bench.bash(command("foreign.example.net"), 300);
    expect(content).toMatch(/refused on the network: foreign\.example\.net \(.*\)\nexit code [1-9]\d*$/);
    expect(ran?.refused).toEqual([{ host: "foreign.example.net", why: UNLISTED }]);
    expect(standIn.reached).not.toContain("foreign.example.net");
  });
});

describe("round the list", () => {
  test.each([
    ["an address", "curl -sS https://8.8.8.8/", "8.8.8.8", /403/],
    [
      "without the proxy's variables",
      "env -i /usr/bin/curl -sS https://registry.example.com/hello",
      null,
      /resolve host/,
    ],
    ["without a proxy", "curl -sS --noproxy '*' https://registry.example.com/hello", null, /resolve host/],
    ["a name of DNS", "getent hosts registry.example.com", null, /^exit code 2$/],
    [
      "a packet of UDP",
      `/usr/bin/python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))" 2>&1 | tail -1`,
      null,
      /unreachable/,
    ],
    ["a connection of its own", "echo > /dev/tcp/8.8.8.8/443", null, /unreachable/],
    [
      "a raw socket",
      `/usr/bin/python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)" 2>&1 | tail -1`,
      null,
      /not permitted/,
    ],
    ["another port", "curl -sS https://registry.example.com:8443/", "registry.example.com", /403/],
    [
      "a dot at the end",
      "curl -sS --proxytunnel -x $HTTPS_PROXY https://registry.example.com./hello",
      null,
      /exit code [1-9]/,
    ],
    [
      "a foreign name in TLS",
      "curl -sS -k --connect-to foreign.example.net:443:registry.example.com:443 https://foreign.example.net/",
      "registry.example.com",
      /denied|35|56/,
    ],
    [
      "a listed name that leads to loopback",
      "curl -sS https://inside.example.org/",
      "inside.example.org",
      /403/,
    ],
    [
      "a listed name that leads to metadata",
      "curl -sS https://metadata.example.org/",
      "metadata.example.org",
      /403/,
    ],
    ["plain http", "curl -sS http://registry.example.com/hello", "registry.example.com", /only https/],
    [
      "the proxy's socket itself",
      "curl -sS --unix-socket /.kin/proxy http://foreign.example.net/",
      "foreign.example.net",
      /only https/,
    ],
  ])("%s", async (_, command, host, says) => {
    const before = standIn.asked.length;
    const { content, ran } = await bench.bash(command);
    expect(content).toMatch(says);
    expect(content).not.toMatch(/^hello$/m);
    if (host !== null) expect(ran?.refused).toMatchObject([{ host }]);
    expect(standIn.asked.length).toBe(before);
  });
});

describe("the way there", () => {
  test("changes no exit code, whatever becomes of it", async () => {
    for (const [command, code] of [
      ["exit 7", 7],
      ["kill -9 2; sleep 0.1; exit 3", 3],
      ["kill -TERM $$", 143],
      ["wait; jobs; exit 0", 0],
    ] as const)
      expect((await bench.bash(command)).ran?.exit_code).toBe(code);
  });

  test("can be changed by no command, and ends with it", async () => {
    const { content } = await bench.bash(
      "grep -cE ' /.kin/(bridge.cjs|proxy) ro,' /proc/self/mountinfo; rm /.kin/proxy; curl -sS -m 5 --cacert ca.pem https://registry.example.com/hello; kill -9 2; sleep 0.1; curl -sS https://registry.example.com/hello; true",
    );
    expect(content).toMatch(/^2\n.*\/proxy[\s\S]*\nhello\n[\s\S]*exit code 0$/);
    expect((await bench.bash(CLIENTS[0]?.command(HOST) ?? "")).content).toBe("hello\nexit code 0");
  });

  test("is nowhere where the project lists no host", async () => {
    const plain = await (await aWorkbench({ "a.txt": "a\n" })).open();
    expect((await plain.bash("env | grep -ic proxy; ls /.kin; ls /proc | grep -c '^[0-9]'")).content).toMatch(
      /^0\nobjects\n[3-5]\nexit code 0$/,
    );
  });

  test("is there for the harness's own commands, and tells of what they were refused", async () => {
    const runs = await bench.judge(
      [`curl -sS --cacert ca.pem https://${HOST}/hello`, "curl -sS https://foreign.example.net"],
      { seconds: 60, signal: never },
    );
    expect(runs).toMatchObject([
      { exit_code: 0, output: "hello\n" },
      { exit_code: 56, refused: [{ host: "foreign.example.net", why: UNLISTED }] },
    ]);
    expect(runs[1]?.output).toMatch(/refused on the network: foreign\.example\.net/);
  });

  test("leaves nothing behind on the machine", async () => {
    const { readdirSync } = await import("node:fs");
    expect(readdirSync(stand.dir).filter(name => /^n[0-9a-f]{8}$/.test(name))).toEqual([]);
  });
});

describe("setup", () => {
  const setUp = async (network: unknown, setup: readonly string[]) =>
    (await aWorkbench({ "ca.pem": standIn.ca }, { config: { network, setup }, wire: standIn.wire })).setup;
  const hello = (host: string): string => `curl -sS --cacert ca.pem https://${host}/hello`;

  test("reaches every public host and none inside, whatever steps may", async () => {
    for (const network of [undefined, []])
      expect(await setUp(network, [hello(HOST), "curl -sS https://inside.example.org"])).toMatchObject({
        ok: false,
        commands: [
          { exit_code: 0, output: "hello\n" },
          { refused: [{ host: "inside.example.org", why: "its name leads to this machine" }] },
        ],
        reason:
          "setup command `curl -sS https://inside.example.org` exited 56, refused on the network: inside.example.org (its name leads to this machine)",
      });
  });

  test("reaches the hosts of its own list and no others, where there is one", async () => {
    const found = await setUp({ setup: [HOST] }, [hello(HOST), hello("any.example.org")]);
    expect(found.commands).toMatchObject([
      { exit_code: 0 },
      { refused: [{ host: "any.example.org", why: UNLISTED }] },
    ]);
  });

  test("has the machine's network where the project says so", async () => {
    const found = await setUp({ setup: "direct" }, ["env | grep -ic proxy; ls /.kin; wc -l < /proc/net/dev"]);
    expect(found.commands[0]?.output).toMatch(/^0\nobjects\n\d/);
    expect(Number(found.commands[0]?.output.split("\n")[2])).toBeGreaterThan(3);
  });

  test("that found no way tells how to do without the proxy", async () => {
    const command = "curl -sS --noproxy '*' https://registry.example.com/hello";
    expect((await setUp(undefined, [command])).reason).toBe(
      `setup command \`${command}\` exited 6, perhaps because it does not use the proxy by which setup reaches the network; \`network: { setup: direct }\` in .github/kin.yml goes without`,
    );
  });
});
