import { released } from "../../../sdk/answers.js";
import { attestedRequest, unwrap } from "../../../sdk/attested.js";
import type { Collaboration, RoomChanges } from "./collaboration.js";

/** Asks for something as existing sidecars do for their code, and opens the answer. */
export async function askAsSidecar(
  collaboration: Collaboration,
  path: string,
  content: object = {},
  changes: RoomChanges = {},
): Promise<string> {
  const { net, key } = collaboration;
  const body = { ...attestedRequest(key, collaboration.evidence(changes)), ...content };
  const { value } = (await net.client.post(path, body)).as(released);
  return unwrap(Buffer.from(value, "base64"), key.privateKey).toString("utf8");
}
