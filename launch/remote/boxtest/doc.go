// Package boxtest makes rented boxes for tests: machines with a network, processes,
// a home and an sshd of their own, which can be killed, restarted on their disk and
// unplugged. They are Linux namespaces, up in half a second, and need root.
//
// A box shares the programs of this machine, and nothing below its directory for
// temporary files: what a test makes there is not on the box unless it was brought.
package boxtest
