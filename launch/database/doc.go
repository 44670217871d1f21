// Package database keeps the ledger's tables in SQLite, or in PostgreSQL for a
// team, behind one small interface, so that the ledger's code is the same for both.
//
// In comes a file, or a URL such as postgres://user@host/database. Out comes a [DB]
// with its tables as this program knows them: those of an earlier program are
// brought up to date, those of a later one refused.
//
// The words. An [DB.Update] is alone: no other Update of any process runs beside
// it, as SQLite's immediate transactions are and an advisory lock makes those of
// PostgreSQL. An [DB.Append] adds rows that only its own caller writes, and waits for
// no other in PostgreSQL.
//
// The promise: what has returned without an error is on disk. Statements are
// written once, with ? for their arguments. Errors of the engine come in words,
// with the way out, and without the password of a URL; [ErrDamaged] and
// [ErrDiskFull] are told apart.
//
// On a network file system SQLite's write-ahead log does not work, since it needs
// memory that all processes share. There the journal is the old one, and all
// processes must be of one host: see [Claim]. What file system it is, statfs tells.
//
// What it does not do: it knows no run and no state; the statements are launch's.
//
// PostgreSQL's tables are made by pressly/goose from the files of migrations, under
// its own advisory lock. SQLite's are not: released ledgers count their version in
// user_version, which an earlier program looks at before it touches anything.
package database
