import type { Request } from "@microsoft/ccf-app";
import { utf8 } from "../kit/encodings.js";
import { type Release, release, releaseCall } from "./release.js";

/**
 * Gives an accepted document to attested code: its JSON, as members read it.
 *
 * @param name how the record of the release names it, since documents of members and of users may have the same id
 */
export const releaseDocument = (
  request: Request,
  contractId: string,
  name: `memberdocuments/${string}` | `userdocuments/${string}`,
  read: () => object,
): Release =>
  release(releaseCall(request), { contractId }, () => ({
    item: { kind: "document", id: name },
    value: utf8(JSON.stringify(read())),
  }));
