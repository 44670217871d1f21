package database

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"trainyard/launch/database/postgrestest"
)

// engines are a new database of each engine that is to be had here.
func engines(t *testing.T) map[string]*DB {
	t.Helper()
	local, err := SQLite{File: filepath.Join(t.TempDir(), "runs.db")}.Open()
	if err != nil {
		t.Fatal(err)
	}
	server, err := OpenPostgres(t.Context(), postgrestest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(local.Close(), server.Close()); err != nil {
			t.Error(err)
		}
	})
	return map[string]*DB{"SQLite": local, "PostgreSQL": server}
}

func TestUpdatesAreAloneOverBothEngines(t *testing.T) {
	for name, d := range engines(t) {
		if err := insertRun(t, d, "a"); err != nil {
			t.Fatal(err)
		}
		var inside, most atomic.Int32
		var racing sync.WaitGroup
		for range 8 {
			racing.Go(func() {
				err := d.Update(context.Background(), func(tx *Tx) error {
					most.Store(max(most.Load(), inside.Add(1)))
					defer inside.Add(-1)
					var n int64
					if err := tx.QueryRow("SELECT created_ms FROM runs WHERE id = ?", "a").Scan(&n); err != nil {
						return err
					}
					_, err := tx.Exec("UPDATE runs SET created_ms = ? WHERE id = ?", n+1, "a")
					return err
				})
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		racing.Wait()
		var n int64
		if err := d.QueryRow(t.Context(), "SELECT created_ms FROM runs").Scan(&n); err != nil || n != 8 || most.Load() != 1 {
			t.Errorf("%s: %d of 8 counted, %d side by side, %v", name, n, most.Load(), err)
		}
	}
}

func TestProcessesThatMeetAtANewDatabaseMakeItsTablesOnce(t *testing.T) {
	address := postgrestest.Start(t)
	var racing sync.WaitGroup
	var fresh atomic.Int32
	for range 6 {
		racing.Go(func() {
			d, err := OpenPostgres(context.Background(), address)
			if err != nil {
				t.Error(err)
				return
			}
			if d.Fresh {
				fresh.Add(1)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	if fresh.Load() != 1 {
		t.Errorf("%d of 6 made it", fresh.Load())
	}
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	address := postgrestest.Start(t)
	d, err := OpenPostgres(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Exec(t.Context(), "INSERT INTO "+versionTable+" (version_id, is_applied) VALUES (99, true)"); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenPostgres(t.Context(), address); err == nil || !strings.Contains(err.Error(), "schema 99") {
		t.Error(err)
	}
}

func TestAPasswordIsNeitherShownNorKept(t *testing.T) {
	const secret = "correct-horse-battery"
	for _, address := range []string{
		"postgres://ada:" + secret + "@127.0.0.1:1/runs",
		"postgres://ada@127.0.0.1:1/runs?password=" + secret + "&sslmode=disable",
		"postgres://ada:" + secret + "@127.0.0.1:notaport/runs",
		"postgres://ada:" + secret + "@127.0.0.1:1/runs?sslmode=nonsense",
		"postgres://ada:%zz" + secret + "@127.0.0.1:1/runs",
	} {
		d, err := OpenPostgres(t.Context(), address)
		if err == nil {
			t.Fatalf("%s was opened: %+v", address, d)
		}
		if words := fmt.Sprintf("%v %+v %#v", err, err, d); strings.Contains(words, secret) {
			t.Errorf("it says %s", words)
		}
	}
	address := postgrestest.Start(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("trainyard", secret) // trust asks for none
	d, err := OpenPostgres(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if strings.Contains(d.Place, secret) || !strings.Contains(d.Place, "trainyard@") {
		t.Errorf("its place is %s", d.Place)
	}
	if err := d.Exec(t.Context(), "SELECT nothing FROM nowhere"); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("%v", err)
	}
}

func TestBothEnginesHaveTheSameTables(t *testing.T) {
	columns := map[string]string{
		"SQLite":     "SELECT m.name, p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' AND p.name <> 'read_bytes' ORDER BY 1, 2",
		"PostgreSQL": "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> '" + versionTable + "' ORDER BY table_name::text COLLATE \"C\", column_name::text COLLATE \"C\"",
	}
	tables := map[string][]string{}
	for name, d := range engines(t) {
		rows, err := d.Query(t.Context(), columns[name])
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				t.Fatal(err)
			}
			tables[name] = append(tables[name], table+"."+column)
		}
	}
	if a, b := strings.Join(tables["SQLite"], "\n"), strings.Join(tables["PostgreSQL"], "\n"); a != b || len(a) < 500 {
		t.Errorf("SQLite has\n%s\n\nPostgreSQL has\n%s", a, b)
	}
}
