/** Begins the id of every cart, and so the hold of every checkout; no order's id does. */
export const CART_PREFIX = "CRT";

/** Why a line is no longer in a cart although nobody took it out. */
export const LOSS_REASONS = ["reservation_expired"] as const;
