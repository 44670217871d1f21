// Package remote reaches other machines over ssh.
//
// In comes a [Host] as a user wrote it; what it leaves open, ~/.ssh/config and
// /etc/ssh/ssh_config say, as for ssh itself. Out comes a [Line]: one connection
// to that machine, shared by everything that this process does there, made when it
// is first needed and made again after a cut.
//
// The promise: a machine whose key is not known is refused, with the key's
// fingerprint and the way out, unless the host says accept_new; one whose key has
// changed is always refused. No password is asked for. A line that is cut is an
// [ErrUnreachable], which says nothing of what runs at its other end. What a user
// typed reaches a shell only through [Quote].
//
// What it does not do: ProxyCommand, `Match exec` and control sockets of ssh, and
// passphrases, which are for ssh-agent.
package remote
