import type { Action } from "./rights.ts";

/** What can be done with many orders at once, and the right that it takes for one of them. */
export const BULK_ACTIONS = {
  process: "orders:move",
  complete: "orders:move",
  cancel: "orders:move",
  delete: "orders:delete",
  add_tag: "orders:edit",
  remove_tag: "orders:edit",
} as const satisfies Record<string, Action>;

export type BulkAction = keyof typeof BULK_ACTIONS;

/** The actions that write a note into the timeline, and those that are about a tag. */
export const WITH_NOTE: readonly BulkAction[] = ["process", "complete", "cancel"];
export const WITH_TAG: readonly BulkAction[] = ["add_tag", "remove_tag"];
