package attempt

import "errors"

var (
	// ErrNoSpace: the disk of the machine has no room for it.
	ErrNoSpace = errors.New("no space left there")
	// ErrOffset: what the store has of an object ends elsewhere; Has tells where.
	ErrOffset = errors.New("what is there ends at another offset")
	// ErrDigest: what was put is not what its digest says, and was removed.
	ErrDigest = errors.New("its content has another digest")
	// ErrProtocol: the other side speaks another version of the protocol.
	ErrProtocol = errors.New("another version of the protocol")
	// ErrDisconnected: the session ended, and what became of the request is not known.
	ErrDisconnected = errors.New("the session is over")
)
