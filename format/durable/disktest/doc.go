// Package disktest has the disks of tests: small ones, and full ones. There are none but
// on Linux.
package disktest
