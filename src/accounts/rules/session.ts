/** How long an access token is valid. */
export const ACCESS_TOKEN_MS = 15 * 60_000;

/** How long a refresh token is valid, if it is not used before. */
export const REFRESH_TOKEN_MS = 30 * 86_400_000;

/** What signing in and refreshing give. */
export interface Session {
  accessToken: string;
  expiresInS: number;
  refreshToken: string;
}
