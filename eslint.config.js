import eslint from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

const inEngine = ["src/**/*.ts", "constitution/**/*.ts"];

export default tseslint.config(
  { ignores: ["dist/", "dist-*/", "workspace/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./src/tsconfig.json", "./constitution/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/consistent-type-definitions": "off",
    },
  },
  {
    // Code that runs inside a CCF node has ECMAScript and the `ccf` object, and nothing else.
    files: inEngine,
    rules: {
      "no-restricted-globals": [
        "error",
        ...Object.keys(globals.node).filter((name) => !(name in globals.es2021) && name !== "console"),
      ],
      "no-restricted-imports": ["error", { patterns: ["node:*", "**/sandbox/**", "**/sdk/**", "**/cli/**"] }],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // mocha's describe and it return promises nobody waits for
      "@typescript-eslint/no-floating-promises": "off",
    },
  },
  { files: ["**/*.js"], languageOptions: { globals: globals.node } },
);
