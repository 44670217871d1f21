// Package session opens the box protocol of launch/backend/attempt on a machine that
// is reached over ssh.
//
// In comes a [remote.Line] and a root directory there, out comes an attempt.Machine
// that lasts: the agent is brought to the machine where it is not yet, one session of
// it speaks for every attempt there, and a session that is cut is opened again.
//
// The agent lies at ROOT/agent-DIGEST, so that those of two versions lie beside each
// other. Shell is used to ask what the machine is, to bring the agent and to start it,
// with every word quoted; everything else is a message to the agent.
//
// The promise: a request that was cut is asked again only where asking twice is the
// same as asking once. A Start is not: its caller asks Find.
package session
