/** The unit of a figure: the units of executive_kpis, and conversions, which can be fractions. */
export const UNITS = [
  "dollars",
  "percent",
  "ratio",
  "orders",
  "customers",
  "months",
  "people",
  "products",
  "conversions",
] as const;
export type Unit = (typeof UNITS)[number];

/** The currency of the page that is being written. A page is written without a pause, so no other page can see it. */
let currency = "USD";

/**
 * Writes amounts in a currency while `write` runs.
 *
 * @param code the var `reporting_currency`: an ISO 4217 code such as `EUR`; another text stands before the amounts as it is
 */
export function inCurrency<T>(code: string, write: () => T): T {
  const before = currency;
  currency = code;
  try {
    return write();
  } finally {
    currency = before;
  }
}

/** The sign of the currency, such as `$`, or its code. */
function currencySign(): string {
  if (!/^[A-Za-z]{3}$/.test(currency)) return currency;
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return format.formatToParts(0).find(({ type }) => type === "currency")?.value ?? currency;
}

/** The text of an unknown figure. */
const NOTHING = "–";
const MINUS = "−";
/** Keeps a unit on the same line as its figure. */
const SPACE = "\u00a0";

/** The number of decimals of a full figure. */
const DECIMALS: Readonly<Record<Unit, number>> = {
  dollars: 2,
  percent: 1,
  ratio: 2,
  orders: 0,
  customers: 0,
  months: 0,
  people: 0,
  products: 0,
  conversions: 1,
};

/** A full figure, such as `$ 12,345.60` in US dollars; `–` if it is unknown. */
export function inFull(value: number | null, unit: Unit): string {
  return signed(value, unit, (size) => grouped(size, DECIMALS[unit]));
}

/** A figure in three or four digits, such as `$ 12.3k`, for cards, axes and labels; `–` if it is unknown. */
export function inShort(value: number | null, unit: Unit): string {
  return signed(value, unit, (size) => {
    if (unit === "percent") return grouped(size, 1);
    if (size >= 999_950) return `${grouped(size / 1_000_000, 2)}M`;
    if (size >= 9_999.5) return `${grouped(size / 1_000, 1)}k`;
    return grouped(size, size >= 999.995 ? 0 : DECIMALS[unit]);
  });
}

/** The value of an axis mark, with no more decimals than necessary. */
export function onAxis(value: number, unit: Unit): string {
  return signed(value, unit, (size) => (size >= 1_000 ? inThousands(size) : String(size)));
}

function signed(value: number | null, unit: Unit, digits: (size: number) => string): string {
  if (value === null) return NOTHING;
  const text = digits(Math.abs(value));
  const sign = value < 0 && /[1-9]/.test(text) ? MINUS : "";
  if (unit === "dollars") return `${sign}${currencySign()}${SPACE}${text}`;
  return `${sign}${text}${unit === "percent" ? `${SPACE}%` : ""}`;
}

function inThousands(size: number): string {
  return size >= 1_000_000 ? `${size / 1_000_000}M` : `${size / 1_000}k`;
}

function grouped(size: number, decimals: number): string {
  return size.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
