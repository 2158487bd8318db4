import { describe, it } from "vitest";
import { hashPassword, isPassword } from "../src/passwords.ts";

describe("a password's hash", () => {
  it("matches its password and no other", async ({ expect }) => {
    const stored = await hashPassword("correct horse battery");

    const answers = await Promise.all(
      ["correct horse battery", "Correct horse battery", "correct horse battery ", ""].map((each) => isPassword(each, stored)),
    );

    expect(answers).toEqual([true, false, false, false]);
  });

  it("is checked with its own parameters, whatever new hashes use", async ({ expect }) => {
    // Made by Python's hashlib: PBKDF2-HMAC-SHA-256 of "password" and the salt "salt", 1 and 4,096 iterations.
    const made = [
      { parameters: "pbkdf2-sha256:1", hash: "287VDKZWZ2SJRGZ74995DH7R6YM6AJ695K63AJ080PC7SDRBW5XG" },
      { parameters: "pbkdf2-sha256:4096", hash: "RQJ7HNCJH3443AJK1PV88Q2CHPB2H4X00774W4D4JRW77AMR2D50" },
    ];

    const answers = await Promise.all(made.map((each) => isPassword("password", { ...each, salt: "salt" })));

    expect(answers).toEqual([true, true]);
  });

  it("of an unknown user never matches", async ({ expect }) => {
    expect(await isPassword("", undefined)).toBe(false);
  });

  it("of an unknown algorithm is an error, not a wrong password", async ({ expect }) => {
    await expect(isPassword("x", { hash: "", salt: "", parameters: "md5:1" })).rejects.toThrow("md5:1");
  });
});
