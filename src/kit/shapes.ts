import type { Of, Shape } from "../schemas/shape.js";

/** Whether a value from outside has a shape; if so, its type is known. */
export function conforms<S extends Shape>(shape: S, value: unknown): value is Of<S> {
  return shape.validate(value);
}
