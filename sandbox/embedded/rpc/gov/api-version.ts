import { RpcError } from "../errors.js";
import { parseQuery } from "../query.js";

/** Versions of the governance API, oldest first. All that a version offers, later ones offer too. */
const VERSIONS = ["2023-06-01-preview", "2024-07-01"] as const;

export type ApiVersion = (typeof VERSIONS)[number];

/**
 * The version that a request asks for.
 *
 * @param query raw
 * @param since the first version that has what is asked for
 */
export function apiVersion(query: string, since: ApiVersion = VERSIONS[0]): ApiVersion {
  const supported = VERSIONS.slice(VERSIONS.indexOf(since));
  const suffix = `The supported api-versions are: ${supported.join(", ")}`;
  const asked = parseQuery(query).get("api-version");
  if (asked === undefined)
    throw new RpcError(
      400,
      "MissingApiVersionParameter",
      `The api-version query parameter (?api-version=) is required for all requests. ${suffix}`,
    );
  const version = supported.find((candidate) => candidate === asked);
  if (version === undefined)
    throw new RpcError(400, "UnsupportedApiVersionValue", `Unsupported api-version '${asked}'. ${suffix}`);
  return version;
}
