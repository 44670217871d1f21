// Package backendtest is the contract of launch.Backend as tests, and the bench
// on which backends are tried: a test binary that plays both the supervisor and
// a trainer which behaves as told.
package backendtest
