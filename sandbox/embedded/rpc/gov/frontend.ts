import { commonEndpoints } from "../common-endpoints.js";
import { builtInFrontend, type Frontend } from "../frontend.js";
import { describeApi, govEndpoints } from "./index.js";
import { openapiDocument } from "../openapi.js";

const info = {
  title: "CCF Governance API",
  description: "This API is used to submit and query proposals which affect CCF's public governance tables.",
  version: "4.9.0",
};

/** Governance, and what it has in common with the other frontends. */
export function govFrontend(): Frontend {
  const common = commonEndpoints(
    ({ request }) =>
      describeApi(request, govEndpoints) ?? { status: 200, body: openapiDocument(info, "gov", common) },
  );
  return builtInFrontend([...govEndpoints, ...common]);
}
