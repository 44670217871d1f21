package launch

import (
	"context"

	"trainyard/launch/database"
)

// RemoveResults takes results out of the ledger, as [Ledger.Results] has listed them, and
// tells how many were there still. One that was replaced meanwhile is another and stays.
func (l *Ledger) RemoveResults(ctx context.Context, all ...StoredResult) (removed int, err error) {
	err = l.update(ctx, func(tx *database.Tx) error {
		removed = 0 // a transaction may be tried again
		for _, r := range all {
			var there int
			if err := tx.QueryRow(`SELECT count(*) FROM results WHERE id = ? AND run = ? AND digest = ?`, r.id, r.Run, r.Source.SHA256).Scan(&there); err != nil {
				return err
			}
			if there == 0 {
				continue
			}
			if err := removeResult(tx, r.id); err != nil {
				return err
			}
			removed++
		}
		return nil
	})
	return removed, err
}

// removeResult removes the one with a number, and its instances.
func removeResult(tx *database.Tx, id int64) error {
	for _, table := range []string{`result_instances WHERE result`, `results WHERE id`} {
		if _, err := tx.Exec(`DELETE FROM `+table+` = ?`, id); err != nil {
			return err
		}
	}
	return nil
}
