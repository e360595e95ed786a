import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync, writeFileSync, closeSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "../../sdk/client.js";
import { UsageError } from "../../sdk/errors.js";
import { shape } from "../../src/schemas/shape.js";
import type { Engine, EngineConfig, RunningNode } from "../engine.js";
import { nodeFiles, startConfiguration } from "./configuration.js";

/** Where the CCF package installs the executable for JavaScript applications. */
const INSTALLED = "/opt/ccf/bin/js_generic";

const nodeState = shape("nodeState", {
  type: "object",
  required: ["state"],
  properties: { state: { type: "string" } },
});

/** milliseconds */
const READY_WITHIN = 30_000;
const STOPS_WITHIN = 10_000;

/** A real CCF node: the executable that `CCF_BIN` names, or the one that the CCF package installed. */
export const ccf: Engine = {
  description: "a CCF node on this machine, in virtual mode: protected by nothing",
  start,
};

function executable(): string {
  const path = process.env.CCF_BIN ?? INSTALLED;
  if (existsSync(path)) return path;
  throw new UsageError(
    "CcfMissing",
    `There is no CCF node at ${path}. Install the CCF package, version 7, or name the executable in CCF_BIN`,
  );
}

async function start(config: EngineConfig): Promise<RunningNode> {
  const binary = executable();
  const file = (name: string): string => join(config.folder, name);
  if (existsSync(file("ledger"))) {
    throw new UsageError(
      "NotResumable",
      `${file("ledger")} was written by a CCF node that has ended. Such a service goes on only by disaster recovery; give a new folder with --workspace`,
    );
  }
  const rpc = await freePort(config.address, config.port);
  const ports = { rpc, nodes: await freePort(config.address, 0) };
  writeFileSync(file(nodeFiles.constitution), config.constitution);
  writeFileSync(file(nodeFiles.configuration), JSON.stringify(startConfiguration(config, ports), null, 2));
  rmSync(file(nodeFiles.serviceCertificate), { force: true });

  const log = openSync(file(nodeFiles.log), "a");
  const child = spawn(binary, ["--config", nodeFiles.configuration], {
    cwd: config.folder,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const stop = (): Promise<void> => end(child);
  const url = `https://${config.address}:${rpc}`;
  try {
    const serviceCertificatePem = await ready(
      child,
      url,
      file(nodeFiles.serviceCertificate),
      file(nodeFiles.log),
    );
    return { url, serviceCertificatePem, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws {UsageError} `PortTaken` */
function freePort(address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (cause) => {
      const advice = "end what listens there, or choose another port with --port";
      reject(new UsageError("PortTaken", `${address}:${port} is taken; ${advice}`, { cause }));
    });
    server.listen(port, address, () => {
      const bound = server.address();
      server.close(() => {
        resolve(typeof bound === "object" && bound !== null ? bound.port : port);
      });
    });
  });
}

/** Waits until the node is part of its network. @returns the service certificate, PEM */
async function ready(child: ChildProcess, url: string, certificate: string, log: string): Promise<string> {
  for (const until = Date.now() + READY_WITHIN; Date.now() < until;) {
    await sleep(50);
    if (child.exitCode !== null || child.signalCode !== null) {
      const said = readFileSync(log, "utf8").trimEnd().split("\n").slice(-5).join("\n");
      throw new Error(`The CCF node ended before it was ready; its log in ${log} ends with:\n${said}`);
    }
    const pem = existsSync(certificate) ? readFileSync(certificate, "utf8") : "";
    if (pem.includes("END CERTIFICATE") && (await isPartOfNetwork(url, pem))) return pem;
  }
  throw new Error(`The CCF node was not ready within ${READY_WITHIN / 1000} seconds; its log is ${log}`);
}

async function isPartOfNetwork(url: string, serviceCertificatePem: string): Promise<boolean> {
  const client = new Client({ url, serviceCertificatePem });
  try {
    return (await client.get("/node/state")).as(nodeState).state === "PartOfNetwork";
  } catch {
    return false; // it does not listen yet
  } finally {
    client.close();
  }
}

/** Ends the node in order, or by force if it does not. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOPS_WITHIN);
  await gone;
  clearTimeout(late);
}
