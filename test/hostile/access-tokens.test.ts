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

/** Claims as they must not be, even under the shop's own secret: a signature says who wrote them, not that they are whole. */
const CLAIMS: readonly (readonly [string, (claims: Claims) => Claims])[] = [
  ...["sub", "exp", "iss", "aud"].map((name) => [`without ${name}`, ({ [name]: _, ...rest }: Claims) => rest] as const),
  ...["sub", "exp", "iss", "aud"].flatMap((name) =>
    [null, true, {}, [], "", -1].map(
      (value) => [`whose ${name} is ${JSON.stringify(value)}`, (claims: Claims) => ({ ...claims, [name]: value })] as const,
    ),
  ),
  ["whose sub is a number", (claims) => ({ ...claims, sub: 1 })],
  ["whose sub is a list of whom it should be", (claims) => ({ ...claims, sub: [claims.sub] })],
  ["whose exp is text", (claims) => ({ ...claims, exp: String(claims.exp) })],
  ["whose exp is over", (claims) => ({ ...claims, exp: nowS() })],
  ["whose nbf is to come", (claims) => ({ ...claims, nbf: nowS() + 60 })],
  ["whose nbf is text", (claims) => ({ ...claims, nbf: "0" })],
  ["of another issuer", (claims) => ({ ...claims, iss: "holdfast.example.com" })],
  ["of an issuer in a list", (claims) => ({ ...claims, iss: ["holdfast"] })],
  ["of another environment", (claims) => ({ ...claims, aud: "production" })],
  ["of somebody who never was", (claims) => ({ ...claims, sub: "__proto__" })],
];

/** Tokens that somebody made of a good one without the secret, or with another algorithm. */
const FORGED: readonly (readonly [string, (token: string, userId: string) => string | Promise<string>])[] = [
  ...["none", "None", "NONE", "nOnE", ""].map(
    (alg) => [`alg ${alg || "empty"}`, (token: string) => headed(token, { alg, typ: "JWT" }, "")] as const,
  ),
  ...["RS256", "ES256", "HS384", "HS512", "EdDSA"].map(
    (alg) => [`alg ${alg} by name alone`, (token: string) => headed(token, { alg, typ: "JWT" })] as const,
  ),
  ["a header without alg", (token) => headed(token, { typ: "JWT" })],
  [
    "a header with a key of its own",
    (token) => headed(token, { alg: "HS256", typ: "JWT", jwk: { kty: "oct", k: "AA" }, kid: "../../dev/null" }),
  ],
  ["a list as header", (token) => headed(token, ["HS256"])],
  ["signed by HS512 with the shop's secret", (_, id) => sign(claimsOf(id), jwtSecret, "HS512")],
  ["signed by HS384 with the shop's secret", (_, id) => sign(claimsOf(id), jwtSecret, "HS384")],
  ["signed by another secret", (_, id) => sign(claimsOf(id), "x".repeat(40), "HS256")],
  ["signed by no secret", (_, id) => sign(claimsOf(id), "\u0000", "HS256")],
  ["signed by the name of the algorithm", (_, id) => sign(claimsOf(id), "HS256".repeat(8), "HS256")],
  ["without its signature", (token) => token.slice(0, token.lastIndexOf(".") + 1)],
  ["with half of its signature", (token) => token.slice(0, -20)],
  ["with its signature twice", (token) => `${token}${token.slice(token.lastIndexOf(".") + 1)}`],
  ["with its parts in another order", (token) => token.split(".").toReversed().join(".")],
  ["with the claims of another user", (token, id) => bodied(token, { ...claimsOf(id), sub: "somebody else" })],
  ["with a later end", (token, id) => bodied(token, { ...claimsOf(id), exp: nowS() + 999_999 })],
  ["with a role", (token, id) => bodied(token, { ...claimsOf(id), role: "admin" })],
  ["with claims that are no object", (token) => bodied(token, "sub")],
];

function headed(token: string, header: unknown, signature?: string): string {
  const [, claims, given] = token.split(".");
  return `${encodePart(header)}.${claims}.${signature ?? given}`;
}

function bodied(token: string, claims: unknown): string {
  const [header, , signature] = token.split(".");
  return `${header}.${encodePart(claims)}.${signature}`;
}

/** Where a token is asked about: what is an account's alone, and what anybody may read. */
async function answersTo(token: string): Promise<unknown[]> {
  const answers = await Promise.all([SELF, OPEN].map((path) => get(path, { token })));
  return Promise.all(answers.map(async (answer) => [answer.status, (await answer.json<{ code?: string }>()).code]));
}

const REFUSED = [
  [401, "unauthenticated"],
  [401, "unauthenticated"],
];

describe("an access token", () => {
  it("made here as the shop makes them is good, so that the others are refused for what is wrong with them", async ({
    expect,
  }) => {
    const { userId } = await userOf();

    expect(await answersTo(await sign(claimsOf(userId), jwtSecret, "HS256"))).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
  });

  it.for(CLAIMS)("%s is nobody's, though the shop's secret signed it", async ([, change], { expect }) => {
    const { userId } = await userOf();

    const token = await sign(change(claimsOf(userId)), jwtSecret, "HS256");

    expect(await answersTo(token)).toEqual(REFUSED);
  });

  it.for(FORGED)("%s is nobody's", async ([, forge], { expect }) => {
    const { userId } = await userOf("admin");

    const token = await forge(await accessTokenOf(userId), userId);

    expect(await answersTo(token)).toEqual(REFUSED);
  });
});
