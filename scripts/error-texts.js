import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runScript } from "./support/failure.js";
import { errorTexts } from "./support/error-texts.js";
import { ROOT } from "./support/root.js";

/** `node scripts/error-texts.js`: writes what docs/errors.md says of each code into the sources, for the page `/docs/errors`. */
await runScript(async () => {
  const texts = errorTexts(await readFile(join(ROOT, "docs/errors.md"), "utf8"));
  const lines = Object.entries(texts).map(([code, text]) => `  ${code}: ${JSON.stringify(text)},`);
  const source = `/** When each error is answered, and what to do: docs/errors.md, by \`node scripts/error-texts.js\`. */
export const ERROR_TEXTS: Readonly<Record<string, string>> = {
${lines.join("\n")}
};
`;
  await writeFile(join(ROOT, "src/http/error-texts.ts"), source);
  console.log(`Written: ${lines.length} codes. Format it with npx oxfmt src/http/error-texts.ts`);
});
