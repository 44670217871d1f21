package dialect

import (
	"bytes"
	"encoding/gob"
)

// A keptDescent is a descent as a store has it.
type keptDescent struct {
	File                 string
	Line                 int
	ID, All              uint64
	Session, Holes       bool
	Known, Kept          int32
	Words, Loose, Copies []uint64
}

func encodeDescents(list []*descent) ([]byte, error) {
	kept := make([]keptDescent, len(list))
	for i, d := range list {
		kept[i] = keptDescent{d.place.file, d.place.line, d.id, d.all, d.session, d.holes, d.known, d.kept, d.words, d.loose, d.copies}
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(kept)
	return b.Bytes(), err
}

func decodeDescents(kept []byte) ([]*descent, error) {
	var list []keptDescent
	if err := gob.NewDecoder(bytes.NewReader(kept)).Decode(&list); err != nil {
		return nil, err
	}
	descents := make([]*descent, len(list))
	for i, k := range list {
		descents[i] = &descent{
			relative: relative{id: k.ID, all: k.All, session: k.Session, holes: k.Holes, known: k.Known, kept: k.Kept},
			place:    recordPlace{k.File, k.Line}, words: k.Words, loose: k.Loose, copies: k.Copies,
		}
	}
	return descents, nil
}
