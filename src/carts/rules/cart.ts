/** Why a line is no longer in a cart although nobody took it out. */
export const LOSS_REASONS = ["reservation_expired"] as const;
