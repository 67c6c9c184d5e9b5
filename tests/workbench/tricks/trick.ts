// What a command may try with processes, and the check from outside after each: none of them is alive, and nothing in
// its work tree changes any more.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Handle, Stand } from "../kit.ts";
import type { Random } from "./random.ts";
import { descendants, fingerprint, isService, lookForMarked } from "./watch.ts";

interface Trick {
  readonly name: string;
  /** What it does; everything it starts inherits the marker. */
  readonly command: (random: Random, marker: string) => string;
  /** Its limit, if it does not end by itself. */
  readonly seconds?: number;
  readonly says?: RegExp;
}

const LOOP = "while :; do date +%N > /work/alive; sleep 0.002; done";
const detached = (shell: string, marker: string): string =>
  `setsid bash -c '${shell} # ${marker}' >/dev/null 2>&1 </dev/null &`;
const python = (marker: string, script: string): string =>
  `python3 - ${marker} <<'P'\nimport ctypes, os, signal, sys, time\nlibc = ctypes.CDLL(None, use_errno=True)\ndef write():\n    while True:\n        open('/work/alive', 'w').write(str(time.time())); time.sleep(0.002)\n${script}\nP`;

export const TRICKS: readonly Trick[] = [
  { name: "a session of its own", command: (_, marker) => `${detached(LOOP, marker)} sleep 0.02` },
  {
    name: "a double fork",
    command: (_, marker) =>
      python(
        marker,
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: write()\n    os._exit(0)\nos.wait()",
      ),
  },
  {
    name: "a sibling instead of a child",
    // CLONE_PARENT: process 1 is its parent at once.
    command: (_, marker) =>
      python(
        marker,
        "number = 56 if os.uname().machine == 'x86_64' else 220\nif libc.syscall(number, 0x8000 | 17, 0, 0, 0, 0) == 0: write()\ntime.sleep(0.02)",
      ),
  },
  {
    name: "every signal to everybody",
    command: ({ below }, marker) =>
      `${detached(LOOP, marker)} trap '' $(seq 1 64) 2>/dev/null; for s in $(seq ${1 + below(20)} 64); do kill -$s 1; kill -$s -1; done 2>/dev/null; :`,
  },
  {
    name: "a signal to each process by its number",
    command: ({ pick }, marker) =>
      `${detached(LOOP, marker)} for p in /proc/[0-9]*; do kill -${pick(["STOP", "CONT", "USR1", "TERM", "KILL", "HUP", "SEGV"])} \${p##*/}; done 2>/dev/null; :`,
    seconds: 1,
  },
  {
    name: "stopping everybody else",
    command: (_, marker) => `${detached(LOOP, marker)} sleep 0.01; kill -STOP -1; kill -STOP 1; exit 3`,
  },
  { name: "stopping itself", command: () => "kill -STOP $$", seconds: 1 },
  {
    name: "tracing its parent and process 1",
    command: (_, marker) =>
      python(
        marker,
        "number = 101 if os.uname().machine == 'x86_64' else 117\nfor pid in (1, os.getppid(), 2):\n    for request in (16, 0x4206): print(libc.syscall(number, request, pid, 0, 0), end=' ')",
      ),
    says: /^(?:-1 ){6}/,
  },
  {
    name: "writing into the memory of process 1",
    command: ({ below }, marker) =>
      `${detached(LOOP, marker)} ${python(
        marker,
        `for line in open('/proc/1/maps'):\n    low, high = (int(x, 16) for x in line.split()[0].split('-'))\n    if line.split()[1][${below(2)}] == '-' or '[v' in line: continue\n    try:\n        memory = open('/proc/1/mem', 'r+b', 0); memory.seek(low); memory.write(os.urandom(min(high - low, 65536)))\n    except OSError: pass\nos.kill(1, signal.SIGTERM)`,
      )}`,
    seconds: 2,
  },
  {
    name: "writing into the memory of everything of its own",
    command: (_, marker) =>
      `${detached(LOOP, marker)} ${python(
        marker,
        "for pid in os.listdir('/proc'):\n    if not pid.isdigit() or int(pid) in (1, os.getpid()): continue\n    try:\n        low = [l for l in open(f'/proc/{pid}/maps') if '[stack]' in l][0].split('-')[0]\n        memory = open(f'/proc/{pid}/mem', 'r+b', 0); memory.seek(int(low, 16)); memory.write(b'x' * 4096)\n    except (OSError, IndexError): pass",
      )}`,
    seconds: 2,
  },
  {
    name: "killing process 1",
    command: (_, marker) => `${detached(LOOP, marker)} kill -9 1; kill -KILL 1; kill -9 $PPID; exit 4`,
    says: /exit code 4$/,
  },
  {
    name: "killing its shell",
    command: (_, marker) => `${detached(LOOP, marker)} kill -9 $$`,
    says: /exit code 137$/,
  },
  { name: "descriptors that it inherited", command: () => "echo $(ls /proc/self/fd)", says: /^0 1 2 3\n/ },
  {
    name: "a descriptor passed on",
    command: (_, marker) =>
      `exec 7>&1 8</work 9<>/tmp/kept; ${detached(LOOP, marker)} (exec 1>&7; sleep 300 &) ; :`,
  },
  {
    name: "a pipe held open",
    command: () => "sleep 300 & (sleep 300 &) ; nohup sleep 300 & disown -a; echo held",
  },
  {
    name: "a daemon in its place",
    command: (_, marker) => `exec setsid --fork bash -c '${LOOP} # ${marker}'`,
  },
  {
    name: "a trap on every signal",
    command: (_, marker) =>
      detached(`for s in $(seq 1 64); do trap "echo no > /work/alive" $s; done 2>/dev/null; ${LOOP}`, marker),
  },
  {
    name: "many forks",
    command: ({ below }, marker) =>
      `${python(marker, `for n in range(${50 + below(150)}):\n    if os.fork() == 0:\n        os.setsid(); time.sleep(300); os._exit(0)`)}`,
  },
  {
    name: "a bomb with an end",
    command: ({ below }, marker) =>
      `b() { [ $1 -gt 0 ] && { b $(($1-1)) & b $(($1-1)) & }; sleep 300; }; b ${4 + below(3)} & ${detached(LOOP, marker)}`,
  },
  {
    name: "a race of daemons that start each other",
    command: (_, marker) =>
      `cat > /tmp/again <<'A'\nexport KIN_TRICK=${marker}; date +%N > /work/alive; sleep 0.005; setsid bash /tmp/again $1x >/dev/null 2>&1 </dev/null &\nA\nbash /tmp/again; sleep 0.03`,
  },
  {
    name: "closed streams",
    command: (_, marker) => `exec <&- >&- 2>&-; ${detached(LOOP, marker)} exit 5`,
    says: /^exit code 5$/,
  },
  {
    name: "a collector of orphans",
    // PR_SET_CHILD_SUBREAPER, PR_SET_NAME, PR_SET_DUMPABLE.
    command: (_, marker) =>
      python(
        marker,
        "if os.fork() == 0:\n    os.setsid(); libc.prctl(36, 1, 0, 0, 0); libc.prctl(15, b'bwrap', 0, 0, 0); libc.prctl(1, 0)\n    if os.fork() == 0: write()\n    write()",
      ),
  },
  {
    name: "one that cannot be looked at",
    command: (_, marker) =>
      python(
        marker,
        "if os.fork() == 0:\n    os.setsid(); libc.prctl(4, 0, 0, 0, 0); write()\ntime.sleep(0.02)",
      ),
  },
  {
    name: "a program without a file",
    command: (_, marker) =>
      python(
        marker,
        `fd = os.memfd_create('kin')\nos.write(fd, open('/bin/bash', 'rb').read())\nif os.fork() == 0:\n    os.setsid(); os.execve(fd, ['bwrap', '-c', '${LOOP} # ${marker}'], os.environ)\ntime.sleep(0.03)`,
      ),
  },
  {
    name: "a terminal of its own",
    command: (_, marker) =>
      python(marker, "import pty\npid, fd = pty.fork()\nif pid == 0: write()\ntime.sleep(0.02)"),
  },
  {
    name: "threads that write on",
    command: ({ below }, marker) =>
      python(
        marker,
        `import threading\nfor n in range(${2 + below(20)}): threading.Thread(target=write, daemon=True).start()\ntime.sleep(0.03); os._exit(6)`,
      ),
    says: /exit code 6$/,
  },
  {
    name: "the lowest priority",
    command: (_, marker) =>
      `nice -n 19 chrt --idle 0 true; ${detached(`renice 19 $$; ${LOOP}`, marker)} sleep 0.02`,
  },
  {
    name: "files held open, locked and mapped",
    command: (_, marker) =>
      python(
        marker,
        "import fcntl, mmap\nif os.fork() == 0:\n    os.setsid(); f = open('/work/.git/held.lock', 'w+b'); fcntl.flock(f, 2); f.truncate(4096); m = mmap.mmap(f.fileno(), 4096)\n    while True: m[0] = (m[0] + 1) % 256\ntime.sleep(0.02)",
      ),
  },
  {
    name: "swapping a directory for a link",
    command: ({ pick }, marker) =>
      `ln -sfn ${pick(["/etc", "/tmp", "../../../git", "/.kin/git"])} /tmp/l; ${python(
        marker,
        "if os.fork() == 0:\n    os.setsid()\n    while True: libc.renameat2(-100, b'/work/sub', -100, b'/tmp/l', 2); libc.renameat2(-100, b'/work/sub', -100, b'/work/l', 2)\ntime.sleep(0.02)",
      )}`,
  },
  {
    name: "a server",
    command: (_, marker) =>
      `python3 -m http.server 9229 >/dev/null 2>&1 & ${detached("nc -lkU /work/.git/s", marker)} sleep 0.02`,
  },
  {
    name: "running into its limit",
    command: (_, marker) => `${detached(LOOP, marker)} trap '' TERM INT HUP; sleep 300`,
    seconds: 1,
  },
];

/** The limit of a call: one trick may hold up another. */
const LIMIT = 3;
/** How long the work tree is watched. */
const STILL_MS = 30;

export interface Played {
  readonly played: number;
  readonly failures: readonly string[];
}

/** `count` commands of one to three tricks each. */
export const playTricks = async (
  bench: Handle,
  {
    stand,
    random,
    count,
    each,
  }: {
    readonly stand: Stand;
    readonly random: Random;
    readonly count: number;
    readonly each?: (played: Played) => void;
  },
): Promise<Played> => {
  // They exist so that they can be attacked.
  const failures: string[] = [...(await services(bench))];
  for (let played = 1; played <= count; played++) {
    const tricks = Array.from({ length: 1 + random.below(2) }, () => random.pick(TRICKS));
    const marker = `kin-trick-${process.pid}-${played}-`;
    const problems = [
      ...(await play(bench, { stand, tricks, random, marker }).catch(error => [String(error)])),
    ];
    if (played % SERVICES_EVERY === 0 || played === count) problems.push(...(await services(bench)));
    const names = tricks.map(({ name }) => name).join(" + ");
    failures.push(...problems.map(problem => `trick ${played} (${names}): ${problem}`));
    each?.({ played, failures });
  }
  return { played: count, failures };
};

const SERVICES_EVERY = 25;

/** What no trick may have touched. */
const services = async (bench: Handle): Promise<readonly string[]> => {
  try {
    const { content } = await bench.use("read", { file_path: "a.txt" });
    await bench.record();
    return content === "     1\ta" ? [] : [`read answers ${JSON.stringify(content)}`];
  } catch (error) {
    return [`a service of Kin's: ${error}`];
  }
};

interface Call {
  readonly stand: Stand;
  readonly tricks: readonly Trick[];
  readonly random: Random;
  readonly marker: string;
}

const play = async (bench: Handle, { stand, tricks, random, marker }: Call): Promise<readonly string[]> => {
  const last = tricks.at(-1);
  const commands = tricks.map(({ command }) => command(random, marker));
  // Only the last one is in the shell that answers.
  const [main, ...before] = commands.reverse();
  const line = [
    `export KIN_TRICK=${marker}`,
    ...before.map(one => `(${one}\n) >/dev/null 2>&1 &`),
    main,
  ].join("\n");
  const seconds = tricks.reduce((least, trick) => Math.min(least, trick.seconds ?? least), LIMIT);
  const began = performance.now();
  const { content } = await bench.bash(line, seconds);
  const took = performance.now() - began;
  const problems: string[] = [];
  const work = join(stand.dir, "benches");
  const first = fingerprint(work);
  const alive = lookForMarked(marker);
  if (alive.length > 0) problems.push(`alive behind it: ${alive.join(", ")}`);
  const boxes = descendants().filter(seen => seen.name === "bwrap" && !isService(seen));
  if (boxes.length > 0) problems.push(`sandboxes behind it: ${boxes.map(({ pid }) => pid).join(", ")}`);
  await sleep(STILL_MS);
  if (fingerprint(work) !== first) problems.push("its files changed when it had returned");
  if (took > (seconds + 10) * 1000) problems.push(`it took ${Math.round(took)} ms`);
  if (tricks.length === 1 && last?.says !== undefined && !last.says.test(content))
    problems.push(`it said ${JSON.stringify(content.slice(0, 300))}`);
  return problems;
};
