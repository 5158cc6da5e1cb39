import fc from "fast-check";

/** A line that looks like a branch job's mark. */
export const MARK_LINE =
  'dbt-job-manager/v1 {"team":"marketing-team","project":102,"environment":999,"ref":"feature/x","user":"jennifer","key":"attribution","schema":"marketing_feature_x_jennifer","definition":"d","overrides":"o"}';

/** Texts that could break a line, a name, JSON, or a branch job's mark. */
export const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 90 }),
  fc.constantFrom(
    "",
    "a\nb\r\nc",
    '"}',
    '\\"\\',
    "\u0000\u2028\u2029\ufeff",
    "\ud800",
    "İstanbul",
    "feature/🧀/x",
    `${"x".repeat(62)}🧀y`,
    MARK_LINE,
    `${MARK_LINE}\n`,
    `a\n\n${MARK_LINE}`,
    "dbt-job-manager/v1 ",
    "dbt-job-manager/v2 {}",
    "x".repeat(300),
    "__proto__",
    "  ",
  ),
);
