import { InvalidArgumentError } from "commander";

/** A number above 0, for an option of a command. */
export function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError("give a number above 0");
}

/** A whole number from 1 on. */
export function whole(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("give a whole number from 1 on");
}
