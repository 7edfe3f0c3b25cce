import { v5 } from 'uuid';

/** Root of every name-based id that Scend derives. Changing it changes every id ever written. */
const scendNamespace = '5ce4d000-0d0e-5a11-8d0c-5ce4d5ce4d00';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** True for a UUID in its usual text form. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** Id of the ticket `ticketId` inside a pack: UUIDv5 with the pack's id as namespace. */
export function ticketInstanceId(packId: string, ticketId: string): string {
  return v5(ticketId, packId);
}

/**
 * Id of something that belongs to `ownerId` and is named `name` (`roadmap:v1.1`, `snapshot:2026-01-05_baseline`).
 * Name-based, so that the same inputs give the same files on any machine.
 */
export function derivedId(ownerId: string, name: string): string {
  return v5(name, ownerId);
}

/** Id of a workspace's firm; `workspaceId` keeps firms of the same slug in two workspaces apart. */
export function firmId(workspaceId: string | null, slug: string): string {
  return v5(`firm:${slug}`, workspaceId ?? scendNamespace);
}
