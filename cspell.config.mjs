/**
 * Spelling of the documentation: npm run spelling. American English, as in the documentation of dbt and Terraform.
 * Add a word only if it is a name or a term of the field. Code in backticks and code blocks is not checked.
 */
export default {
  version: "0.2",
  language: "en-US",
  files: ["README.md", "CHANGELOG.md", "docs/**/*.md", "packages/*/README.md"],
  ignoreRegExpList: ["/^( *)```[\\s\\S]*?^ *```$/gm", "/`[^`\\n]+`/g", "/\\]\\([^)\\s]+\\)/g"],
  words: [
    "airbyte",
    "backtest",
    "backtests",
    "cdktf",
    "cdktn",
    "CDNOW",
    "dagster",
    "dbtc",
    "dbtcloud",
    "duckdb",
    "fivetran",
    "Hardie",
    "hmac",
    "hypergeometric",
    "libsql",
    "lookback",
    "lookbacks",
    "microbatch",
    "microbatches",
    "pymc",
    "redirections",
    "roas",
    "scim",
    "scipy",
    "shapley",
    "tfvars",
    "touchpoints",
  ],
  // Words that the documentation does not use, with the word to use instead.
  flagWords: ["anew->again"],
};
