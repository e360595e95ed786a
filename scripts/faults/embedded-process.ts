/** The process that is killed: an embedded node that goes on from the ledger of a workspace. */
import { Network } from "../../sandbox/network.js";

const [workspace = "", port] = process.argv.slice(2);
const net = await Network.open({ workspace, engine: "embedded", port: Number(port) });
process.once("disconnect", () => void net.stop().then(() => process.exit()));
process.send?.("ready");
