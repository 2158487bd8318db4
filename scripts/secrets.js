import { newSecrets } from "./support/dev-vars.js";

// `npm run secrets`: prints new secrets for a deployment, in the form that `wrangler deploy --secrets-file` takes.
for (const [name, value] of Object.entries(newSecrets())) console.log(`${name}="${value}"`);
