import { env } from "cloudflare:workers";
import { sign } from "hono/jwt";
import { describe, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { accessTokenOf, encodePart, userOf } from "../support/accounts/accounts.ts";
import { get } from "../support/http/requests.ts";

const SELF = "/api/v1/users/me";
const OPEN = "/api/v1/warehouses";
const { jwtSecret } = parseConfig(env);

const nowS = () => Math.floor(Date.now() / 1_000);
const claimsOf = (userId: string) => ({ sub: userId, iat: nowS(), exp: nowS() + 900, iss: "holdfast", aud: "test" });

type Claims = Record<string, unknown>;

/** Invalid claims, which are refused even when signed with the shop's own secret. */
const CLAIMS: readonly (readonly [string, (claims: Claims) => Claims])[] = [
  ...["sub", "exp", "iss", "aud"].map((name) => [`without ${name}`, ({ [name]: _, ...rest }: Claims) => rest] as const),
  ...["sub", "exp", "iss", "aud"].flatMap((name) =>
    [null, true, {}, [], "", -1].map(
      (value) => [`whose ${name} is ${JSON.stringify(value)}`, (claims: Claims) => ({ ...claims, [name]: value })] as const,
    ),
  ),
  ["whose sub is a number", (claims) => ({ ...claims, sub: 1 })],
  ["whose sub is a list with the user id", (claims) => ({ ...claims, sub: [claims.sub] })],
  ["whose exp is text", (claims) => ({ ...claims, exp: String(claims.exp) })],
  ["whose exp has passed", (claims) => ({ ...claims, exp: nowS() })],
  ["whose nbf is in the future", (claims) => ({ ...claims, nbf: nowS() + 60 })],
  ["whose nbf is text", (claims) => ({ ...claims, nbf: "0" })],
  ["of another issuer", (claims) => ({ ...claims, iss: "holdfast.example.com" })],
  ["of an issuer in a list", (claims) => ({ ...claims, iss: ["holdfast"] })],
  ["of another environment", (claims) => ({ ...claims, aud: "production" })],
  ["of an unknown user", (claims) => ({ ...claims, sub: "__proto__" })],
];

/** Tokens forged from a valid one without the secret, or signed with another algorithm. */
const FORGED: readonly (readonly [string, (token: string, userId: string) => string | Promise<string>])[] = [
  ...["none", "None", "NONE", "nOnE", ""].map(
    (alg) => [`alg ${alg || "empty"}`, (token: string) => withHeader(token, { alg, typ: "JWT" }, "")] as const,
  ),
  ...["RS256", "ES256", "HS384", "HS512", "EdDSA"].map(
    (alg) => [`alg ${alg} in the header alone`, (token: string) => withHeader(token, { alg, typ: "JWT" })] as const,
  ),
  ["a header without alg", (token) => withHeader(token, { typ: "JWT" })],
  [
    "a header with its own key",
    (token) => withHeader(token, { alg: "HS256", typ: "JWT", jwk: { kty: "oct", k: "AA" }, kid: "../../dev/null" }),
  ],
  ["a list as the header", (token) => withHeader(token, ["HS256"])],
  ["signed by HS512 with the shop's secret", (_, id) => sign(claimsOf(id), jwtSecret, "HS512")],
  ["signed by HS384 with the shop's secret", (_, id) => sign(claimsOf(id), jwtSecret, "HS384")],
  ["signed with another secret", (_, id) => sign(claimsOf(id), "x".repeat(40), "HS256")],
  ["signed with an empty secret", (_, id) => sign(claimsOf(id), "\u0000", "HS256")],
  ["signed with the name of the algorithm as secret", (_, id) => sign(claimsOf(id), "HS256".repeat(8), "HS256")],
  ["without its signature", (token) => token.slice(0, token.lastIndexOf(".") + 1)],
  ["with half of its signature", (token) => token.slice(0, -20)],
  ["with its signature twice", (token) => `${token}${token.slice(token.lastIndexOf(".") + 1)}`],
  ["with its parts in another order", (token) => token.split(".").toReversed().join(".")],
  ["with the claims of another user", (token, id) => withClaims(token, { ...claimsOf(id), sub: "somebody else" })],
  ["with a later expiry", (token, id) => withClaims(token, { ...claimsOf(id), exp: nowS() + 999_999 })],
  ["with a role", (token, id) => withClaims(token, { ...claimsOf(id), role: "admin" })],
  ["with claims that are not an object", (token) => withClaims(token, "sub")],
];

function withHeader(token: string, header: unknown, signature?: string): string {
  const [, claims, original] = token.split(".");
  return `${encodePart(header)}.${claims}.${signature ?? original}`;
}

function withClaims(token: string, claims: unknown): string {
  const [header, , signature] = token.split(".");
  return `${header}.${encodePart(claims)}.${signature}`;
}

/** Sends a token to an operation that needs an account and to a public one. @returns status and code of each */
async function answersTo(token: string): Promise<unknown[]> {
  const answers = await Promise.all([SELF, OPEN].map((path) => get(path, { token })));
  return Promise.all(answers.map(async (answer) => [answer.status, (await answer.json<{ code?: string }>()).code]));
}

const REFUSED = [
  [401, "unauthenticated"],
  [401, "unauthenticated"],
];

describe("an access token", () => {
  it("signed in this test as the shop signs it is valid, so that the others are refused for their flaw alone", async ({
    expect,
  }) => {
    const { userId } = await userOf();

    expect(await answersTo(await sign(claimsOf(userId), jwtSecret, "HS256"))).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
  });

  it.for(CLAIMS)("%s is refused, though signed with the shop's secret", async ([, change], { expect }) => {
    const { userId } = await userOf();

    const token = await sign(change(claimsOf(userId)), jwtSecret, "HS256");

    expect(await answersTo(token)).toEqual(REFUSED);
  });

  it.for(FORGED)("%s is refused", async ([, forge], { expect }) => {
    const { userId } = await userOf("admin");

    const token = await forge(await accessTokenOf(userId), userId);

    expect(await answersTo(token)).toEqual(REFUSED);
  });
});
