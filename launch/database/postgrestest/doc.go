// Package postgrestest starts a PostgreSQL server of its own for a test.
//
// In comes a test, out goes the URL of a server on a Unix socket, in a directory that
// goes when the test ends. Where the machine has no initdb and postgres the test is
// skipped, and says so.
package postgrestest
