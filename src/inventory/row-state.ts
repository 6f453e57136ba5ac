/**
 * How far a row and its files are: `pending` is intended and undone after a crash, `written` is signed, recorded
 * and completed after a crash, `delivered` is done. Pending rows show in no list.
 */
export type RowState = 'pending' | 'written' | 'delivered';

export const ROW_STATES = ['pending', 'written', 'delivered'] as const satisfies readonly RowState[];

/** In the very words of the partial indexes: SQLite uses one only where a query repeats its condition. */
export const UNFINISHED = `state IN ('pending', 'written')`;
