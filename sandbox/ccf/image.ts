import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRuntimeClient } from "testcontainers";
import { UsageError } from "../../sdk/errors.js";
import { projectFolder } from "../project.js";

type Docker = ContainerRuntimeClient["container"]["dockerode"];

const context = join(projectFolder, "sandbox/ccf");
/** Of what a build said that failed. */
const LAST_LINES = 10;

/**
 * The image that nodes run: what `CCF_IMAGE` names, or what is built from `sandbox/ccf/Dockerfile`, once.
 *
 * @throws {UsageError} `NoImage`
 */
export async function readyImage({
  container: { dockerode },
  image,
}: ContainerRuntimeClient): Promise<string> {
  const named = process.env.CCF_IMAGE;
  if (named === undefined) return builtImage(dockerode);
  if (await hasImage(dockerode, named)) return named;
  const { ImageName } = await import("testcontainers");
  let cause: unknown;
  try {
    await image.pull(ImageName.fromString(named));
  } catch (error) {
    cause = error;
  }
  // Looked up, since a pull that fails need not throw.
  if (await hasImage(dockerode, named)) return named;
  const advice = "build or pull it, or leave CCF_IMAGE out";
  throw new UsageError("NoImage", `There is no image ${named}, which CCF_IMAGE names; ${advice}`, { cause });
}

/** Named by what it is built from: whoever changes the Dockerfile gets another image. */
async function builtImage(docker: Docker): Promise<string> {
  const digest = createHash("sha256").update(readFileSync(join(context, "Dockerfile")));
  const name = `localhost/consortium-ledger/ccf:${digest.digest("hex").slice(0, 12)}`;
  if (await hasImage(docker, name)) return name;
  console.warn(`Building the image of CCF nodes, once: ${name}. This takes minutes`);
  // Not by the library's own builder: that keeps why a build has failed to itself.
  const stream = await docker.buildImage({ context, src: ["Dockerfile"] }, { t: name });
  const said = await new Promise<unknown[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, events: unknown[]) => {
      if (error) reject(error);
      else resolve(events);
    });
  });
  if (await hasImage(docker, name)) return name;
  const text = said.map((event) => {
    const { stream = "", error = "" } = event as { stream?: string; error?: string };
    return stream + error;
  });
  const lines = text.join("").trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  const advice = "or name an image that has CCF 7 in CCF_IMAGE";
  throw new UsageError(
    "NoImage",
    `sandbox/ccf/Dockerfile could not be built; repair it, ${advice}. It said:\n${lines}`,
  );
}

async function hasImage(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}
