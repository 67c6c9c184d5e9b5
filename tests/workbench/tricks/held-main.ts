// One command's open files, where the harness itself was started with more than its own.
import { aWorkbench, closeAll } from "../kit.ts";

const stand = await aWorkbench({ "a.txt": "a\n" });
const bench = await stand.open();
console.log((await bench.bash("echo $(ls /proc/1/fd) and $(ls /proc/self/fd)")).content);
await closeAll();
