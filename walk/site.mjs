// The real program, started on a store of its own, and what a phone's authenticator app does.
// Not here: what a person does in the browser (person.mjs).

import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A port of the loopback that was free a moment ago. */
function freePort() {
  return new Promise((found) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => found(port)); });
  });
}

/** Starts `wardround serve` in an empty folder; waits until it says its one-time code. */
export async function start(program) {
  const folder = mkdtempSync(join(tmpdir(), "wardround-walk-"));
  const port = await freePort();
  const started = Date.now();
  const child = spawn(program, ["serve", "--listen", `127.0.0.1:${port}`, "--store", join(folder, "rounds.sqlite")], { cwd: folder });
  let said = "";
  const code = await new Promise((found, failed) => {
    const hear = (text) => {
      said += text;
      const code = said.match(/[A-Z2-7]{4}(-[A-Z2-7]{4}){3}/);
      if (code) { found(code[0]); }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (status) => failed(new Error(`wardround serve ended with ${status}: ${said}`)));
  });
  const stop = () => new Promise((done) => {
    child.removeAllListeners("exit");
    child.on("exit", () => { rmSync(folder, { recursive: true }); done(); });
    child.kill("SIGTERM");
  });
  return { address: `https://127.0.0.1:${port}`, code, started, stop };
}

/** The six digits that an authenticator app shows now for this key (RFC 6238, SHA-1, 30 s). */
export function digits(key) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac("sha1", bytes).update(step).digest();
  const cut = mac[19] & 15;
  return String((mac.readUInt32BE(cut) & 0x7fffffff) % 1000000).padStart(6, "0");
}
