// Requests the App's health over and over, in a separate thread so that it waits for nobody else here. Reports the
// slowest response in milliseconds; `Infinity` if there was none.
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

let slowest = 0;
let asked = 0;
let isOver = false;
parentPort?.once("message", () => {
  isOver = true;
});
while (!isOver) {
  const begun = performance.now();
  const ok = await fetch(`${workerData}/healthz`).then(
    async response => {
      await response.text();
      return response.ok;
    },
    () => false,
  );
  slowest = Math.max(slowest, ok ? performance.now() - begun : Number.POSITIVE_INFINITY);
  asked++;
  await sleep(20);
}
parentPort?.postMessage({ slowest, asked });
