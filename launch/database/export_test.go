package database

import "context"

// Exec runs a statement by itself.
func (d *DB) Exec(ctx context.Context, statement string, args ...any) error {
	_, err := d.pool.ExecContext(ctx, d.engine.write(statement), args...)
	return d.Fault(err)
}
