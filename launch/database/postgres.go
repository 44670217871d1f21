package database

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// OpenPostgres opens the database of a URL and brings its tables to this program's
// schema. A password may stand in the URL, in PGPASSWORD or in ~/.pgpass; it is
// neither kept in the DB nor told in errors.
func OpenPostgres(ctx context.Context, address string) (*DB, error) {
	place := withoutPassword(address)
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("open ledger %s: the address is not understood", place) // the error may quote a part of a password
	}
	config.RuntimeParams["application_name"] = "trainyard"
	config.RuntimeParams["lock_timeout"] = strconv.FormatInt(BusyTimeout.Milliseconds(), 10)
	d := &DB{pool: stdlib.OpenDB(*config), Place: place, engine: &postgresEngine{place: place}}
	d.pool.SetMaxOpenConns(poolSize)
	if d.Fresh, err = raise(ctx, d.pool); err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", place, d.Fault(err)), d.Close())
	}
	return d, nil
}

// poolSize leaves a server, which takes 100 connections by default, room for a team.
const poolSize = 4

// withoutPassword is a URL that may be shown; nothing of one that is none.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://…"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	query := u.Query()
	for key := range query {
		if strings.Contains(strings.ToLower(key), "pass") {
			query.Del(key)
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// HoldsPassword reports whether a URL has a password in it, or may have.
func HoldsPassword(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	_, has := u.User.Password()
	return has || u.Query().Has("password") || u.Query().Has("sslpassword")
}

// raise applies the migrations that are missing, one process at a time.
func raise(ctx context.Context, pool *sql.DB) (fresh bool, err error) {
	found, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return false, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return false, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, found, goose.WithSessionLocker(locker), goose.WithTableName(versionTable))
	if err != nil {
		return false, err
	}
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	version, err := versionOf(ctx, pool)
	switch {
	case err != nil:
		return false, err
	case version > known:
		return false, tooNew(version, known)
	case version == known:
		return false, nil
	}
	applied, err := provider.Up(ctx)
	return version == 0 && len(applied) > 0, err
}

// versionTable is goose's, under a name of ours beside other programs' tables.
const versionTable = "trainyard_version"

// versionOf reads the version without making the table, so that a look at a
// ledger that is up to date takes no lock.
func versionOf(ctx context.Context, pool *sql.DB) (version int64, err error) {
	var table sql.NullString
	if err := pool.QueryRowContext(ctx, "SELECT to_regclass($1)::text", versionTable).Scan(&table); err != nil || !table.Valid {
		return 0, err
	}
	err = pool.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable+" WHERE is_applied").Scan(&version)
	return version, err
}

type postgresEngine struct{ place string }

// updateLock is the key of the advisory lock of updates: "yard" in ASCII.
const updateLock = 0x79617264

// begin takes a connection for itself, over which COPY goes too.
func (p *postgresEngine) begin(ctx context.Context, pool *sql.DB, alone bool) (*Tx, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err == nil && alone {
		_, err = tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", updateLock)
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	t := &Tx{tx: tx, engine: p, done: func() { _ = conn.Close() }} // back into the pool
	t.copy = func(table string, columns []string, rows [][]any) error {
		return conn.Raw(func(driver any) error {
			_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
			return err
		})
	}
	return t, nil
}

// write numbers the arguments. Our statements have no question mark in a text.
func (p *postgresEngine) write(statement string) string {
	var b strings.Builder
	n := 0
	for i := range len(statement) {
		if statement[i] != '?' {
			b.WriteByte(statement[i])
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// fault says which server it was. Errors of the driver name user and database, and
// no password.
func (p *postgresEngine) fault(err error) error {
	var told *pgconn.PgError
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &connecting):
		return fmt.Errorf("ledger: %s does not answer: %w", p.place, err)
	case !errors.As(err, &told):
		return nil
	}
	switch told.Code {
	case "55P03": // lock_not_available
		return fmt.Errorf("ledger: another process has held %s for %v: %w", p.place, BusyTimeout, err)
	case "53100": // disk_full
		return fmt.Errorf("%w: that of %s; until there is room runs are shown as they stand, and nothing new of them is recorded", ErrDiskFull, p.place)
	case "XX001", "XX002": // data_corrupted, index_corrupted
		return fmt.Errorf("%w (%s: %w); restore it from a backup", ErrDamaged, p.place, err)
	}
	return fmt.Errorf("ledger: %w", err)
}

func (p *postgresEngine) check(ctx context.Context, pool *sql.DB) error { return pool.PingContext(ctx) }

func (p *postgresEngine) close() error { return nil }
