import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/",
      "dist/",
      "cdktf.out/",
      "test-results/",
      ".gitlab-ci-local/",
      ".npm/",
      ".venv/",
      ".venv-docs/",
      "site/",
      ".local-dbt-cloud/",
      "packages/provider-dbtcloud/lib/",
      "packages/provider-dbtcloud/src-generated/",
    ],
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // `values[i]!` after a check of the length says what noUncheckedIndexedAccess cannot know.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Constructs register themselves with their scope; cdktf's style is `new Thing(this, "Id", {…})`.
      "no-new": "off",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 12],
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Only main.ts and src/job-manager/ read env vars; they hand them on.",
        },
      ],
    },
  },
  {
    files: [
      "main.ts",
      "src/job-manager/main.ts",
      "src/job-manager/guarded-terraform.ts",
      "src/rehearsal/**",
      "src/dashboard/main.ts",
      "src/python/main.ts",
      "src/python/virtual-environment.ts",
      "benchmarks/**",
      "__tests__/**",
      "packages/**",
    ],
    rules: { "no-restricted-properties": "off" },
  },
  {
    files: ["__tests__/**/*.ts"],
    rules: {
      "max-lines": "off",
      "no-restricted-syntax": [
        "error",
        ...[
          "CallExpression:not([callee.name=/^set(Timeout|Interval)$/]) > :function + Literal[raw=/^[0-9][0-9_]{3}/]",
          "CallExpression[callee.object.name='jest'][callee.property.name='setTimeout']",
        ].map((selector) => ({
          selector,
          message: "Time limits are set in one place, jest.config.cjs: remove this one.",
        })),
      ],
    },
  },
);
