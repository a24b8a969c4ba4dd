/** A spreadsheet takes what begins like this for a formula; so does one that trims, or reads full-width signs. */
const FORMULA = /^[\s\u0000\uFEFF]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

/** One record of RFC 4180. A value that a spreadsheet would run is led by an apostrophe, which it shows as text. */
export const csvLine = (values: readonly string[]): string => `${values.map((value) => `"${(FORMULA.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`).join(',')}\r\n`;
