import { shape } from "../shape.js";
import { status } from "./parts.js";

export const optionStatus = shape("optionStatus", status);
