/** Two or four digits of the year, then the rest; ASN.1's forms and ISO 8601's, in UTC, as CCF takes them. */
const FORMS = [
  /^(?<year>\d{2}|\d{4})(?<month>\d{2})(?<day>\d{2})(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})Z$/,
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[ T](?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(?:\.\d+)?$/,
];

/**
 * Reads a time from which a certificate is to be valid.
 *
 * @throws {RangeError} if the text is in none of the forms, or names a day or hour that does not exist
 */
export function parseTime(text: string): Date {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts) {
    const { year = "", month, day, hour, minute, second } = parts;
    const time = new Date(`${fullYear(year)}-${month}-${day}T${hour}:${minute}:${second}Z`);
    // Date counts on from the 31st of February; a certificate is not to depend on that.
    if (!Number.isNaN(time.getTime()) && time.getUTCDate() === Number(day)) return time;
  }
  throw new RangeError(`'${text}' does not match any accepted time format`);
}

/** Two digits are of the years 1950 to 2049 (RFC 5280 §4.1.2.5.1). */
function fullYear(year: string): string {
  if (year.length === 4) return year;
  return `${Number(year) >= 50 ? "19" : "20"}${year}`;
}
