/** The exit code of a command that could not do its work because something is not there; test runners know it as skipped. */
export const SKIPPED = 77;
