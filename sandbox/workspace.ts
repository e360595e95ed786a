import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Of, shape } from "../src/schemas/shape.js";
import { UsageError } from "../sdk/errors.js";
import { type Member, makeMember, memberNames, readMember } from "./member.js";

const FORMAT = "consortium-ledger-workspace/1";

/** All that is in a workspace that was not finished: there was no consortium yet, and it is begun anew. */
const UNFINISHED = new Set(["members"]);

/** What a workspace remembers between runs, beside keys, certificates and the ledger. */
const state = shape("workspaceState", {
  type: "object",
  required: ["format", "engine", "members", "tours"],
  additionalProperties: false,
  properties: {
    format: { const: FORMAT },
    /** The engine that wrote the ledger. */
    engine: { type: "string" },
    /** Names of the founding members, in order. */
    members: { type: "array", minItems: 1, items: { type: "string", pattern: "^[a-z0-9-]{1,32}$" } },
    /** SHA-256 of the application and of the constitution that were last voted in, lower-case hex. */
    deployed: { type: "string" },
    /** How many tours were begun here. */
    tours: { type: "integer", minimum: 0 },
  },
});
type State = Of<typeof state>;

/**
 * The folder of one consortium:
 *
 * | path | |
 * | --- | --- |
 * | `consortium.json` | what the sandbox remembers |
 * | `service_cert.pem` | the service's certificate: what everybody else has to trust |
 * | `members/NAME/` | `cert.pem`, `key.pem`, and `recovery_key.pem` with `recovery_public_key.pem` |
 * | `attestation/key.pem` | signs evidence of platform `virtual`, once members have voted it in |
 * | `nodes/NAME/` | each node's own files, among them its ledger; of an embedded node, `node/` and `ledger/` |
 * | `earlier_services/` | certificates that the service had before it was recovered: they verify older receipts |
 * | `tour/` | what the tour leaves for an auditor |
 *
 * Nothing in it is ever overwritten by a new consortium.
 */
export class Workspace {
  readonly folder: string;
  readonly members: readonly [Member, ...Member[]];
  /** Whether its service was running before. */
  readonly resumed: boolean;
  #state: State;

  private constructor(folder: string, current: State, resumed: boolean) {
    this.folder = folder;
    this.resumed = resumed;
    this.#state = current;
    const [first = "", ...others] = current.members;
    const read = (name: string) => readMember(this.path("members", name), name);
    this.members = [read(first), ...others.map(read)];
  }

  /**
   * Opens the workspace in a folder, or makes one with new members if the folder is new or empty.
   *
   * @throws {UsageError} `NotAWorkspace`, or `WorkspaceDiffers` if it was made otherwise than is asked now
   */
  static async open(
    path: string,
    wanted: { engine: string; members?: number | undefined },
  ): Promise<Workspace> {
    const folder = resolve(path);
    const file = join(folder, "consortium.json");
    const exists = existsSync(file);
    const strange = existsSync(folder) && readdirSync(folder).some((name) => !UNFINISHED.has(name));
    if (!exists && strange) {
      const advice = "give an empty or new folder with --workspace";
      throw new UsageError("NotAWorkspace", `${folder} has files in it but is no workspace; ${advice}`);
    }
    mkdirSync(folder, { recursive: true });
    if (!exists) await create(folder, file, wanted);
    const current = readState(file);
    checkWanted(folder, current, wanted);
    // A node that never ran has no certificate.
    return new Workspace(folder, current, existsSync(join(folder, "service_cert.pem")));
  }

  /** The workspace in a folder. @throws {UsageError} `NotAWorkspace` */
  static existing(path: string): Workspace {
    const folder = resolve(path);
    const file = join(folder, "consortium.json");
    if (!existsSync(file))
      throw new UsageError(
        "NotAWorkspace",
        `There is no consortium in ${folder}; give its folder with --workspace`,
      );
    return new Workspace(folder, readState(file), existsSync(join(folder, "service_cert.pem")));
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  get serviceCertificatePem(): string {
    return readFileSync(this.path("service_cert.pem"), "utf8");
  }

  writeServiceCertificate(pem: string): void {
    replaceFile(this.path("service_cert.pem"), pem);
  }

  /** Keeps the certificate of a service that was recovered since. */
  keepEarlierService(pem: string): void {
    const folder = this.path("earlier_services");
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(folder);
    if (names.some((name) => readFileSync(join(folder, name), "utf8") === pem)) return;
    writeFileSync(join(folder, `${names.length + 1}.pem`), pem);
  }

  /** The engine that wrote the ledger. */
  get engine(): string {
    return this.#state.engine;
  }

  /** What was last voted in. */
  get deployed(): string | undefined {
    return this.#state.deployed;
  }

  recordDeployed(digest: string): void {
    this.#save({ ...this.#state, deployed: digest });
  }

  /** Begins a tour. @returns its number, from 1 */
  nextTour(): number {
    this.#save({ ...this.#state, tours: this.#state.tours + 1 });
    return this.#state.tours;
  }

  #save(next: State): void {
    writeState(this.path("consortium.json"), next);
    this.#state = next;
  }
}

/** Keys first, the state last: until then the folder is unfinished. */
async function create(
  folder: string,
  file: string,
  wanted: { engine: string; members?: number | undefined },
) {
  const names = memberNames(wanted.members ?? 3);
  rmSync(join(folder, "members"), { recursive: true, force: true });
  await Promise.all(names.map((name) => makeMember(join(folder, "members", name), name)));
  writeState(file, { format: FORMAT, engine: wanted.engine, members: names, tours: 0 });
}

function readState(file: string): State {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new UsageError("NotAWorkspace", `${file} cannot be read as JSON`, { cause });
  }
  if (state.validate(content)) return content as State;
  const problem = state.validate.errors?.[0];
  const what = `${problem?.instancePath ?? ""} ${problem?.message ?? ""}`.trim();
  throw new UsageError("NotAWorkspace", `${file} is not a workspace of this version: ${what}`);
}

function checkWanted(
  folder: string,
  current: State,
  wanted: { engine: string; members?: number | undefined },
) {
  const differs = (what: string) =>
    new UsageError(
      "WorkspaceDiffers",
      `The consortium in ${folder} ${what}; give another folder with --workspace`,
    );
  if (current.engine !== wanted.engine)
    throw differs(`runs on the engine "${current.engine}", not "${wanted.engine}"`);
  if (wanted.members !== undefined && wanted.members !== current.members.length)
    throw differs(`has ${current.members.length} founding members, not ${wanted.members}`);
}

function writeState(file: string, content: State): void {
  replaceFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** All or nothing, also when the process is killed. */
function replaceFile(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}
