import { createServer } from "node:net";
import { UsageError } from "../../sdk/errors.js";

/**
 * A port that nothing listens on now.
 *
 * @param port the one that is wanted, or 0 for any
 * @throws {UsageError} `PortTaken`
 */
export function freePort(address: string, port = 0): Promise<number> {
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
