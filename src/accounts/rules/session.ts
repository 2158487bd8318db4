/** How long an access token is valid. */
export const ACCESS_TOKEN_MS = 15 * 60_000;

/** How long a refresh token is valid, if it is not used before. */
export const REFRESH_TOKEN_MS = 30 * 86_400_000;

/** How long a used refresh token gives its successor again: to a client that lost the answer, or asked twice at once. */
export const REFRESH_GRACE_MS = 30_000;

/** What signing in and refreshing give. */
export interface Session {
  accessToken: string;
  expiresInS: number;
  refreshToken: string;
}
